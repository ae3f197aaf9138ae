// Draws the charts of a page from the JSON beside them, in the colours of the theme.

const drawn = [];

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function options(data) {
  const soft = colour("--ink-soft");
  const line = colour("--line");
  const accent = colour("--accent");
  const labels = { type: "category", data: data.labels, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft } };
  const values = { type: "value", minInterval: 1, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft } };
  const flat = data.kind === "bars";
  if (flat) { labels.inverse = true; labels.axisLabel.width = 150; labels.axisLabel.overflow = "truncate"; }
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 16, top: 16, bottom: 4, containLabel: true },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, renderMode: "richText", backgroundColor: colour("--raised"), borderColor: line, textStyle: { color: colour("--ink") } },
    xAxis: flat ? values : labels,
    yAxis: flat ? labels : values,
    series: [{
      name: data.unit,
      type: "bar",
      data: data.values,
      barMaxWidth: flat ? 18 : 34,
      itemStyle: { color: accent, borderRadius: flat ? [0, 4, 4, 0] : [4, 4, 0, 0] },
      emphasis: { itemStyle: { color: colour("--accent-strong") } },
      cursor: data.addresses.length ? "pointer" : "default",
    }],
  };
}

function draw() {
  while (drawn.length) drawn.pop().dispose();
  for (const figure of document.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(`data-${figure.dataset.chart}`).textContent);
    const chart = window.echarts.init(figure, null, { renderer: "svg" });
    chart.setOption(options(data));
    chart.on("click", (event) => {
      const address = data.addresses[event.dataIndex];
      if (address) window.location.assign(address);
    });
    drawn.push(chart);
  }
}

if (window.echarts) draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
