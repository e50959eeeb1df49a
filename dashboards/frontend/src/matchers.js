// Matchers as text: {alertname="X", instance=~"a.*"} as links of Alertmanager carry them.
const TOKEN = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^\s=!~,{}"]+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,{}"]*))\s*(,|$)/;

const unquote = (text) => text.replace(/\\(n|.)/g, (_, c) => (c === "n" ? "\n" : c));

// Returns [{name, op, value}], or null if the text is none.
export function parse(text) {
  let rest = text.trim();
  if (rest.startsWith("{") && rest.endsWith("}")) rest = rest.slice(1, -1);
  const found = [];
  while (rest.trim()) {
    const m = TOKEN.exec(rest);
    if (!m) return null;
    found.push({ name: m[1] !== undefined ? unquote(m[1]) : m[2], op: m[3], value: m[4] !== undefined ? unquote(m[4]) : m[5] });
    rest = rest.slice(m[0].length);
  }
  return found;
}

const quote = (text) => `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`;

export const format = ({ name, op, value }) =>
  `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name)}${op}${quote(value)}`;

export const toApi = ({ name, op, value }) => ({ name, value, isRegex: op.endsWith("~"), isEqual: op.startsWith("=") });

export const fromApi = ({ name, value, isRegex, isEqual = true }) => ({
  name,
  value,
  op: (isEqual ? "=" : "!") + (isRegex ? "~" : isEqual ? "" : "="),
});
