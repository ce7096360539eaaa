// Passkeys: asks the browser for one as the page says, and sends the answer as an ordinary form.
// What it asks for stands in the page, so that nothing is fetched before somebody needs it.
(() => {
  "use strict";
  const KEPT_FOR = 4 * 60_000; // a challenge holds five minutes (milliseconds)
  const WORDS = { // what the page says of a problem: attributes of the form, in its language
    NotAllowedError: "notAllowed",
    InvalidStateError: "invalidState",
    SecurityError: "security",
    NotSupportedError: "notSupported",
  };

  // By hand: parse…FromJSON and toJSON are missing in browsers that know passkeys, and break
  // where a password manager answers in the browser's place.
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const keys = (list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));

  const parse = (options) => ({
    ...options,
    challenge: bytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: bytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: keys(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: keys(options.allowCredentials) }),
  });

  const encode = ({ rawId, response }) => {
    const id = text(rawId);
    const said = { clientDataJSON: text(response.clientDataJSON) };
    if (response.attestationObject) {
      said.attestationObject = text(response.attestationObject);
      said.transports = response.getTransports?.() ?? [];
    } else {
      said.authenticatorData = text(response.authenticatorData);
      said.signature = text(response.signature);
      said.userHandle = response.userHandle ? text(response.userHandle) : null;
    }
    return JSON.stringify({ id, rawId: id, type: "public-key", response: said });
  };

  // Devices forget what was taken away here; those that cannot, do not.
  const signal = async (node) => {
    try {
      await window.PublicKeyCredential?.signalAllAcceptedCredentials?.(
        JSON.parse(node.dataset.passkeySignal),
      );
    } catch { /* no matter: the key opens nothing any more */ }
  };

  const serve = (form) => {
    const button = form.querySelector("button");
    const said = form.querySelector("[data-passkey-said]");
    let options = form.dataset.passkeyOptions;
    let since = Date.now();
    let waiting = null; // what asks the browser now

    const fresh = async () => {
      const here = form.dataset.passkeyPage;
      if (Date.now() - since < KEPT_FOR || !here) return;
      const page = await (await fetch(here, { credentials: "same-origin" })).text();
      const found = new DOMParser()
        .parseFromString(page, "text/html")
        .querySelector("form[data-passkey-options]");
      if (!found) return location.assign(here); // signed in or out elsewhere
      options = found.dataset.passkeyOptions;
      form.elements._csrf.value = found.elements._csrf.value;
      since = Date.now();
    };

    const ask = async (mediation) => {
      waiting?.abort();
      const asked = (waiting = new AbortController());
      await fresh();
      const request = { publicKey: parse(JSON.parse(options)), signal: asked.signal };
      if (mediation) request.mediation = mediation;
      const credential = await navigator.credentials[form.dataset.passkey](request);
      form.elements.passkey.value = encode(credential);
      form.submit();
    };

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      said.textContent = "";
      button.disabled = true;
      try {
        await ask();
      } catch (problem) {
        said.textContent = form.dataset[WORDS[problem.name] ?? "otherwise"];
        button.disabled = false;
        offer();
      }
    });

    // The browser offers passkeys where the name is typed, for as long as somebody looks.
    const offer = async () => {
      if (!("passkeyAutofill" in form.dataset)) return;
      if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
      ask("conditional").catch(() => {}); // nobody asked for it, so nobody misses it
    };
    setInterval(() => {
      if (!document.hidden && !button.disabled && Date.now() - since >= KEPT_FOR) offer();
    }, 15_000);
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    offer();
  };

  for (const node of document.querySelectorAll("[data-passkey-signal]")) signal(node);
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (window.PublicKeyCredential && navigator.credentials) serve(form);
    else document.documentElement.classList.add("no-passkeys");
  }
})();
