// Questions to the JSON APIs of the node that served the page.
import { root } from "./dom.js";
import { t } from "./i18n.js";

export class ApiError extends Error {}

async function ask(path, options) {
  let response;
  try {
    response = await fetch(root + path, options);
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new ApiError(t("unreachable"));
  }
  const text = await response.text();
  let body;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = null;
  }
  if (!response.ok) {
    const said = typeof body === "string" ? body : body?.error ?? body?.message;
    throw new ApiError(said ?? `${response.status} ${response.statusText}`);
  }
  return body;
}

// Prometheus's API; parameters go in a form, so that a long expression fits.
export async function prometheus(name, parameters = {}, signal) {
  const body = await ask(`api/v1/${name}`, {
    method: "POST",
    body: new URLSearchParams(parameters),
    signal,
  });
  if (body?.status !== "success") throw new ApiError(body?.error ?? "?");
  return body;
}

// Alertmanager's API.
export const alertmanager = {
  get: (path, signal) => ask(`api/v2/${path}`, { signal }),
  post: (path, value) =>
    ask(`api/v2/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(value),
    }),
  delete: (path) => ask(`api/v2/${path}`, { method: "DELETE" }),
};
