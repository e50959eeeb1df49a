// Small tools for making and exchanging elements. Text is always text: no innerHTML of data.
export const root = document.documentElement.dataset.root || "./";

export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

// h("a.button", {href: "x"}, "text", child…)
export function h(tagAndClasses, attributes = {}, ...children) {
  const [tag, ...classes] = tagAndClasses.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((c) => c != null));
  return element;
}

const ICONS = document.querySelector(".brand use")?.getAttribute("href")?.split("#")[0] ?? "";

export function icon(name) {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(ns, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

export function debounce(ms, action) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), ms);
  };
}

// Makes `was` look like `now` and touches only what differs, so that focus, selection, scrolling
// and opened details survive a refresh.
export function morph(was, now) {
  if (was.nodeType !== now.nodeType || was.nodeName !== now.nodeName || keyOf(was) !== keyOf(now)) {
    was.replaceWith(now);
    return;
  }
  if (was.nodeType === Node.TEXT_NODE) {
    if (was.data !== now.data) was.data = now.data;
    return;
  }
  if (was.nodeType !== Node.ELEMENT_NODE) return;
  for (const { name } of [...was.attributes]) {
    if (!now.hasAttribute(name) && !(name === "open" && was.nodeName === "DETAILS")) was.removeAttribute(name);
  }
  for (const { name, value } of [...now.attributes]) {
    const kept = name === "open" && was.nodeName === "DETAILS";
    if (!kept && was.getAttribute(name) !== value) was.setAttribute(name, value);
  }
  if (was.dataset?.ms !== undefined && was.dataset.ms === now.dataset.ms) return; // a clock of its own
  morphChildren(was, now);
}

const keyOf = (node) => node.dataset?.key ?? "";

function morphChildren(was, now) {
  const keyed = new Map();
  for (const child of was.children) if (keyOf(child)) keyed.set(keyOf(child), child);
  let at = was.firstChild;
  for (const next of [...now.childNodes]) {
    const same = keyOf(next) && keyed.get(keyOf(next));
    if (same && same !== at) was.insertBefore(same, at), (at = same);
    if (!at) {
      was.append(next);
      continue;
    }
    const after = at.nextSibling;
    morph(at, next);
    at = after;
  }
  while (at) {
    const after = at.nextSibling;
    at.remove();
    at = after;
  }
}
