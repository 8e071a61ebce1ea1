// Pages work without scripts. This adds keyboard shortcuts, drag and drop, and progress without reloading.
"use strict";

const typing = (element) => element.closest("input, textarea, select, [contenteditable], .CodeMirror, .yasgui");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key.startsWith("Arrow")) || typing(event.target)) return;
  const directions = { j: "next", ArrowRight: "next", k: "prev", ArrowLeft: "prev" };
  if (directions[event.key]) document.querySelector(`a[rel=${directions[event.key]}]`)?.click();
  if (event.key === "/") { event.preventDefault(); document.querySelector("header input[type=search]").focus(); }
});

document.getElementById("frame")?.scrollIntoView({ block: "center" });

const drop = document.getElementById("drop");
if (drop) {
  const over = (event, is) => { event.preventDefault(); drop.classList.toggle("over", is); };
  drop.addEventListener("dragover", (event) => over(event, true));
  drop.addEventListener("dragleave", (event) => over(event, false));
  drop.addEventListener("drop", (event) => {
    over(event, false);
    drop.querySelector("input[type=file]").files = event.dataTransfer.files;
    drop.requestSubmit();
  });
}

const state = document.getElementById("state");
if (state?.dataset.busy === "yes") {
  let seen = null;
  const poll = async () => {
    const now = await fetch("/try/status").then((answer) => answer.json()).catch(() => null);
    if (now && (!now.busy || (seen && seen !== now.step))) location.reload();
    else { seen = now ? now.step : seen; setTimeout(poll, now ? 400 : 1500); }
  };
  poll();
}

const answer = document.querySelector("#answer[data-page]");
if (answer) {
  const show = (...nodes) => { answer.replaceChildren(...nodes); answer.removeAttribute("aria-busy"); };
  fetch(answer.dataset.page, { headers: { accept: "text/html" } })
    .then((response) => response.text())
    .then((text) => {
      const page = new DOMParser().parseFromString(text, "text/html");
      show(...(page.querySelector("#answer") ?? page.querySelector(".lead")).childNodes);
    })
    .catch(() => show(answer.dataset.failed));
}
