// What a page can do better with a script. Every page reads and works without it.
(() => {
  "use strict";
  const html = document.documentElement;
  html.classList.add("scripted");

  // Times in the reader's own zone and the page's words, today without the date; UTC stays on
  // hover. Of one language the reader's own country: a page in English is not American.
  const own = (tag) => tag.split("-")[0] === html.lang.split("-")[0];
  const tongue = navigator.languages.find(own) ?? html.lang;
  const clock = new Intl.DateTimeFormat(tongue, { dateStyle: "medium", timeStyle: "medium" });
  const today = new Intl.DateTimeFormat(tongue, { timeStyle: "medium" });
  const tell = () => {
    for (const time of document.querySelectorAll("time[datetime]")) {
      time.title ||= time.textContent.trim();
      const at = new Date(time.dateTime);
      const isToday = at.toDateString() === new Date().toDateString();
      time.textContent = (isToday ? today : clock).format(at);
    }
  };

  const say = (words) => {
    const live = document.getElementById("live");
    if (live) live.textContent = words;
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    const label = button.querySelector("span");
    const words = label.dataset.words ??= label.textContent;
    try {
      await navigator.clipboard.writeText(source.textContent);
      label.textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
      label.textContent = button.dataset.else;
    }
    say(label.textContent);
    setTimeout(() => { label.textContent = words; }, 2000);
  });

  // Keyboard: single keys, never while somebody types and never with a modifier.
  const typing = (node) => node.matches("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-rows] a[data-row]")];
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
    all[Math.max(0, Math.min(all.length - 1, next))].focus();
  };
  let going = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (going && Date.now() - going < 1500) {
      going = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (place) { event.preventDefault(); location.assign(place.href); }
      return;
    }
    const field = document.querySelector("[data-search]");
    if (event.key === "g") going = Date.now();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "?") document.getElementById("keys")?.togglePopover();
    else if (event.key === "/" && field) {
      event.preventDefault();
      field.closest("details")?.setAttribute("open", "");
      field.focus();
    }
  });

  document.addEventListener("htmx:afterSettle", tell);  // also the times that stand: today may be over
  tell();
  // A page that has something to say about errors says it first.
  (document.querySelector("[data-summary]") || { focus() {} }).focus();
})();
