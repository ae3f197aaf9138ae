// Says so when a part of a page could not be fetched, which htmx alone would do in silence.

import { say } from "./words.js";

function tell(text) {
  document.getElementById("failure")?.remove();
  const notice = Object.assign(document.createElement("p"), { id: "failure", className: "notice error", textContent: text });
  notice.setAttribute("role", "alert");
  document.getElementById("main").prepend(notice);
  notice.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:sendError", () => tell(say("unreachable")));
document.addEventListener("htmx:timeout", () => tell(say("unreachable")));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) document.getElementById("failure")?.remove();
});
