// The editor of SPARQL, with the shipped questions and names of the store's own vocabulary.
"use strict";

(async () => {
  const own = location.origin + "/sparql";
  const asked = new URLSearchParams(location.search).get("query");
  const answer = await fetch("/editor/terms.json");
  const terms = await answer.json();
  Yasgui.Yasqe.forkAutocompleter("class", {
    name: "class-of-store", persistenceId: null, get: async () => terms.classes,
  });
  Yasgui.Yasqe.forkAutocompleter("property", {
    name: "property-of-store", persistenceId: null, get: async () => terms.properties,
  });
  Yasgui.Yasqe.forkAutocompleter("prefixes", {
    name: "prefixes-of-store", persistenceId: null,
    get: async () => Object.entries(terms.prefixes).map(([name, iri]) => `${name}: <${iri}>`),
  });
  const completers = ["class-of-store", "property-of-store", "prefixes-of-store", "variables"];
  Yasgui.Yasqe.defaults.autocompleters = completers;
  const editor = new Yasgui(document.getElementById("yasgui"), {
    requestConfig: { endpoint: own, method: "POST" },
    copyEndpointOnNewTab: true,
    persistenceId: null,
    endpointCatalogueOptions: { getData: () => [{ endpoint: own }] },
    yasqe: {
      value: asked || terms.examples[0].text, autocompleters: completers,
      createShareableLink: (yasqe) => `${location.origin}/editor?query=${encodeURIComponent(yasqe.getValue())}`,
    },
    yasr: { prefixes: terms.prefixes, pluginOrder: ["table", "chart", "boolean", "response"], defaultPlugin: "table" },
  });
  window.editor = editor;
  const name = (selector, label) => document.querySelectorAll(selector).forEach((found) => found.setAttribute("aria-label", label));
  const readable = () => {
    name("#yasgui .CodeMirror textarea", "SPARQL");
    name("#yasgui input.autocomplete", own);
    document.querySelector("#yasgui .addTab").setAttribute("role", "tab");
  };
  readable();
  editor.on("tabAdd", () => setTimeout(readable));
  if (asked) editor.getTab().getYasqe().setValue(asked);
  const examples = document.getElementById("examples");
  for (const example of terms.examples) {
    const option = new Option(example.title, example.name);
    examples.add(option);
  }
  examples.addEventListener("change", () => {
    const chosen = terms.examples.find((example) => example.name === examples.value);
    if (chosen) editor.getTab().getYasqe().setValue(chosen.text);
  });
  document.body.dataset.ready = "yes";
})();
