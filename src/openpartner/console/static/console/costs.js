// Draws costs as stacked bars or lines from the JSON beside them; the table below says the same without it.

const drawn = [];

function colour(name) {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

const language = document.documentElement.lang || "en";
const money = new Intl.NumberFormat(language, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 });

function options(data) {
  const soft = colour("--ink-soft");
  const line = colour("--line");
  const narrow = innerWidth < 700;
  const isBars = data.kind === "bars";
  const last = data.series.length - 1;
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    color: data.series.map((one, place) => colour(`--series-${one.address || place < last ? Math.min(place, 10) : 10}`)),
    legend: { show: data.series.length > 1, type: "scroll", bottom: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: soft }, pageTextStyle: { color: soft }, pageIconColor: soft, pageIconInactiveColor: line },
    grid: { left: 4, right: 12, top: 14, bottom: data.series.length > 1 ? 36 : 6, containLabel: true },
    tooltip: {
      trigger: isBars && !narrow ? "item" : "axis",
      renderMode: "richText",
      confine: true,
      order: "valueDesc",
      backgroundColor: colour("--raised"),
      borderColor: line,
      textStyle: { color: colour("--ink") },
      valueFormatter: (value) => `${money.format(value)} ${data.currency}`,
    },
    xAxis: { type: "category", data: data.labels, boundaryGap: isBars, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: soft, hideOverlap: true } },
    yAxis: { type: "value", splitNumber: 4, splitLine: { lineStyle: { color: line } }, axisLabel: { color: soft, formatter: (value) => short.format(value) } },
    series: data.series.map((one) => ({
      name: one.name,
      type: isBars ? "bar" : "line",
      stack: data.stacked ? "all" : undefined,
      data: one.values,
      barMaxWidth: 44,
      symbolSize: 6,
      lineStyle: { width: 2 },
      emphasis: { focus: "series" },
      cursor: one.address ? "pointer" : "default",
    })),
  };
}

// To the lines of what was clicked: the group's address, cut to the month or day of the bar.
function follow(data, event) {
  const address = data.series[event.seriesIndex]?.address;
  if (!address) return;
  const target = new URL(address, window.location.href);
  const label = data.labels[event.dataIndex];
  target.searchParams.delete("until_month");
  if (data.by_day) {
    target.searchParams.delete("month");
    target.searchParams.set("since", label);
    target.searchParams.set("until", label);
  } else {
    target.searchParams.set("month", label);
  }
  window.location.assign(target);
}

function draw() {
  while (drawn.length) drawn.pop().dispose();
  for (const figure of document.querySelectorAll("[data-costs]")) {
    const data = JSON.parse(document.getElementById(figure.dataset.costs).textContent);
    const chart = window.echarts.init(figure, null, { renderer: "svg" });
    chart.setOption(options(data));
    chart.on("click", (event) => follow(data, event));
    drawn.push(chart);
  }
}

if (window.echarts) draw();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
