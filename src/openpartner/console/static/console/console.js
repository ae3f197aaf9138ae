// What pages do beyond what HTML does by itself. Every page works without it.

const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const open = (id) => document.getElementById(id)?.showModal?.();

// Menus close when something else is pressed, and with Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const toggle = event.target.closest("[data-toggle]");
  if (toggle) setSidebar(!document.getElementById(toggle.dataset.toggle).classList.contains("is-open"));
  else if (!event.target.closest("#sidebar")) setSidebar(false);
  const opener = event.target.closest("[data-open]");
  if (opener) open(opener.dataset.open);
  const copy = event.target.closest("[data-copy]");
  if (copy) copyFrom(copy);
  const move = event.target.closest("[data-move]");
  if (move) moveRow(move);
});

function setSidebar(isOpen) {
  const sidebar = document.getElementById("sidebar");
  sidebar?.classList.toggle("is-open", isOpen);
  document.querySelector("[data-toggle=sidebar]")?.setAttribute("aria-expanded", String(isOpen));
}

async function copyFrom(button) {
  const text = button.dataset.copy || button.closest("figure, .secret")?.querySelector("code")?.textContent || "";
  await navigator.clipboard.writeText(text);
  button.classList.add("is-done");
}

function moveRow(button) {
  const row = button.closest("li");
  if (button.dataset.move === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  button.focus();
}

// Filters apply as soon as they are chosen, and a search when typing pauses.
let pause;
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-live] .filters-bar > .field select")) event.target.form.requestSubmit();
  if (event.target.matches("[data-pick-all]")) pickAll(event.target.checked);
  if (event.target.matches("[name=row], [data-pick-all]")) countPicked();
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-live] input[type=search]")) return;
  clearTimeout(pause);
  pause = setTimeout(() => event.target.form?.requestSubmit(), 300);
});
document.addEventListener("htmx:configRequest", (event) => {
  const button = event.detail.triggeringEvent?.submitter;
  // htmx passes over the button that was pressed when it stands outside its form.
  if (button?.name && !button.form.contains(button)) event.detail.formData.set(button.name, button.value);
  if (event.detail.verb !== "get") return;
  for (const [name, value] of [...event.detail.formData.entries()]) {
    if (value === "") event.detail.formData.delete(name);
  }
});

// A refusal is a whole page: it takes the place of the page, not of the part that was asked for.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.serverResponse.startsWith("<!doctype")) return;
  Object.assign(event.detail, { target: document.body, swapOverride: "innerHTML", selectOverride: "unset" });
});

function pickAll(isChecked) {
  for (const box of document.querySelectorAll("input[name=row]")) box.checked = isChecked;
}

function countPicked() {
  const label = document.querySelector("[data-count]");
  if (label) label.textContent = `${document.querySelectorAll("input[name=row]:checked").length} ${label.dataset.count}`;
}

// The keyboard.
let last = "";
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return closeAll(event);
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === "k") { event.preventDefault(); openPalette(); }
    return;
  }
  if (event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "/") { event.preventDefault(); document.getElementById("find")?.focus(); }
  else if (event.key === "?") open("keys-help");
  else if (last === "g") document.querySelector(`[data-shortcut="${CSS.escape(event.key)}"]`)?.click();
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") stepRows(event);
  else if (event.key === "Enter" && event.target.matches("tr")) event.target.querySelector("th a, td a")?.click();
  else if (event.key === "x" && event.target.closest("tbody tr")) event.target.closest("tr").querySelector("[name=row]")?.click();
  last = event.key;
});

function openPalette() {
  const palette = document.getElementById("palette");
  if (palette) { palette.showModal(); palette.querySelector("input")?.select(); } else document.getElementById("find")?.focus();
}

function closeAll(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
  setSidebar(false);
  if (event.target.id === "find") event.target.blur();
}

function stepRows(event) {
  const rows = [...document.querySelectorAll(".rows tbody tr")];
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement.closest("tr"));
  const next = event.key === "ArrowDown" ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0);
  rows[next].focus();
}
