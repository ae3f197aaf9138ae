// Passkeys: asks the server what to sign, lets the browser sign it, and brings the answer back as JSON.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function post(address, body) {
  const response = await fetch(address, {
    method: "POST",
    redirect: "manual", // to sign-in, or to confirming who one is: the page must go there, not this request
    headers: { "Content-Type": "application/json", "X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(body),
  });
  if (response.type === "opaqueredirect") {
    location.reload();
    return new Promise(() => {});
  }
  return response.json();
}

async function make(asked) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: named(asked.excludeCredentials),
    },
  });
  const { response } = made;
  return {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

async function show(asked) {
  const shown = await navigator.credentials.get({
    publicKey: { ...asked, challenge: bytes(asked.challenge), allowCredentials: named(asked.allowCredentials) },
  });
  const { response } = shown;
  return {
    id: shown.id,
    rawId: text(shown.rawId),
    type: shown.type,
    response: {
      clientDataJSON: text(response.clientDataJSON),
      authenticatorData: text(response.authenticatorData),
      signature: text(response.signature),
      userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

for (const part of document.querySelectorAll("[data-passkey]")) {
  const button = part.querySelector("button");
  const failed = part.querySelector("[role=alert]");
  part.hidden = !window.PublicKeyCredential;
  button.addEventListener("click", async () => {
    failed.textContent = "";
    button.disabled = true;
    try {
      const asked = await post(part.dataset.ask, {});
      const answer = part.dataset.passkey === "make" ? await make(asked) : await show(asked);
      const name = document.getElementById(part.dataset.name)?.value ?? "";
      const told = await post(part.dataset.answer, { answer, name, next: part.dataset.next ?? "" });
      if (told.next) {
        location.assign(told.next);
        return;
      }
      failed.textContent = told.error;
    } catch {
      failed.textContent = failed.dataset.failed;
    }
    button.disabled = false;
  });
}
