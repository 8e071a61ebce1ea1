// The SPARQL editor, with the shipped questions as examples and completion from the store's terms.
"use strict";

(async () => {
  const endpoint = location.origin + "/sparql";
  const query = new URLSearchParams(location.search).get("query");
  const response = await fetch("/editor/terms.json");
  const terms = await response.json();
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
    requestConfig: { endpoint, method: "POST" },
    copyEndpointOnNewTab: true,
    persistenceId: null,
    endpointCatalogueOptions: { getData: () => [{ endpoint }] },
    yasqe: {
      value: query || terms.examples[0].text, autocompleters: completers,
      createShareableLink: (yasqe) => `${location.origin}/editor?query=${encodeURIComponent(yasqe.getValue())}`,
    },
    yasr: { prefixes: terms.prefixes, pluginOrder: ["table", "chart", "boolean", "response"], defaultPlugin: "table" },
  });
  window.editor = editor;
  const name = (selector, label) => document.querySelectorAll(selector).forEach((element) => element.setAttribute("aria-label", label));
  const labelElements = () => {
    name("#yasgui .CodeMirror textarea", "SPARQL");
    name("#yasgui input.autocomplete", endpoint);
    document.querySelector("#yasgui .addTab").setAttribute("role", "tab");
    document.querySelectorAll("#yasgui .CodeMirror-scroll").forEach((long) => { long.tabIndex = 0; });
  };
  labelElements();
  editor.on("tabAdd", () => setTimeout(labelElements));
  if (query) editor.getTab().getYasqe().setValue(query);
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
