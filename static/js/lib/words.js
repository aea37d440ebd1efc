// A page's words in its reader's language. A client's page carries them as JSON (#words, from studio/share/script_words.py); what is not there is English.
const carried = globalThis.document?.getElementById("words");
const words = carried ? JSON.parse(carried.textContent) : {};

/** t("Note on frame {frame}", {frame: 12}); the English stands here, whole, so that it is found and translated. */
export function t(english, values = {}) {
  return (words[english] ?? english).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
