// What a password still lacks, told while it is typed. The server checks it again.

const fits = {
  length: ({ value }, rule) => [...value].length >= Number(rule.dataset.least),
  same: ({ value, form }, rule) => value !== "" && form.elements[rule.dataset.other]?.value === value,
};

for (const list of document.querySelectorAll("[data-rules]")) {
  const form = list.closest("form");
  const tell = () => {
    const field = form.elements[list.dataset.rules];
    for (const rule of list.querySelectorAll("[data-rule]")) {
      const met = fits[rule.dataset.rule](field, rule);
      rule.classList.toggle("met", met);
      rule.querySelector("[data-met]").textContent = met ? list.dataset.yes : list.dataset.no;
    }
  };
  form.addEventListener("input", tell);
  tell();
}
