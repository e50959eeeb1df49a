// The words that scripts say; the page's own language decides.
import en from "texts:en";
import zh from "texts:zh";

const words = document.documentElement.lang.startsWith("zh") ? zh : en;

export function t(key, ...args) {
  return args.reduce((text, arg, i) => text.replaceAll(`{${i}}`, arg), words[key] ?? key);
}
