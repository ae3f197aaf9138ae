// The words of scripts, in the reader's language, from the JSON that the page carries.

const words = JSON.parse(document.getElementById("words").textContent);

// say("exported", { count: 3 }) fills the {count} of the sentence in.
export function say(name, values = {}) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => values[key]);
}
