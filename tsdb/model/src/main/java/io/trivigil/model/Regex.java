package io.trivigil.model;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/// A regular expression in RE2 syntax, matched in linear time, no larger than [RegexSize] allows.
/// Immutable and safe to share.
///
/// Prometheus anchors its expressions and lets the dot match newlines; the Alertmanager anchors but
/// does not; templates do neither. Hence three ways to make one.
public final class Regex {
  private final String source;
  private final Pattern pattern;
  private final boolean matchesAll;
  private final boolean literal;

  private Regex(String source, String wrapped) {
    this.source = source;
    RegexSize.check(source);
    try {
      this.pattern = Pattern.compile(wrapped);
      if (!wrapped.equals(source)) {
        Pattern.compile(source); // "a)(b" is not balanced, though the wrapping would make it so
      }
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    } catch (StackOverflowError e) { // RE2/J descends into what is nested, as `x{0,9}` is
      throw new IllegalArgumentException("error parsing regexp: expression nests too deeply", e);
    }
    boolean dotAll = wrapped.startsWith("^(?s:");
    this.matchesAll = dotAll && source.equals(".*");
    this.literal = wrapped.startsWith("^(?") && source.equals(Pattern.quote(source));
  }

  /// As in PromQL and relabelling: the whole text must match, the dot matches newlines.
  ///
  /// @throws IllegalArgumentException with RE2's message if the expression is not valid
  public static Regex anchoredDotAll(String source) {
    return new Regex(source, "^(?s:" + source + ")$");
  }

  /// As in the Alertmanager: the whole text must match, the dot does not match a newline.
  ///
  /// @throws IllegalArgumentException with RE2's message if the expression is not valid
  public static Regex anchored(String source) {
    return new Regex(source, "^(?:" + source + ")$");
  }

  /// As in templates: finds a match anywhere.
  ///
  /// @throws IllegalArgumentException with RE2's message if the expression is not valid
  public static Regex unanchored(String source) {
    return new Regex(source, source);
  }

  /// The text as an expression that matches just it (Go's `regexp.QuoteMeta`).
  public static String quote(String text) {
    return Pattern.quote(text);
  }

  /// The expression as it was given.
  public String source() {
    return source;
  }

  /// Whether the text matches: as a whole or anywhere, as the expression was made.
  public boolean matches(String text) {
    if (matchesAll) {
      return true;
    }
    return literal ? text.equals(source) : pattern.matcher(text).find();
  }

  /// Whether the expression is a plain text without any operator, so that it equals `=`.
  public boolean isLiteral() {
    return literal;
  }

  /// Expands a Go replacement template (`$1`, `${1}`, `$name`, `${name}`, `$$`) with the groups of
  /// the first match in `text`; empty if there is none. An unknown group is empty.
  public java.util.Optional<String> expandFirst(String text, String template) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return java.util.Optional.empty();
    }
    StringBuilder out = new StringBuilder();
    expand(matcher, template, out);
    return java.util.Optional.of(out.toString());
  }

  /// Replaces every match in `text` by the expanded Go template.
  public String replaceAll(String text, String template) {
    Matcher matcher = pattern.matcher(text);
    StringBuilder out = new StringBuilder();
    int from = 0;
    while (matcher.find()) {
      out.append(text, from, matcher.start());
      expand(matcher, template, out);
      from = matcher.end();
    }
    return out.append(text, from, text.length()).toString();
  }

  private void expand(Matcher matcher, String template, StringBuilder out) {
    int i = 0;
    while (i < template.length()) {
      char c = template.charAt(i);
      if (c != '$') {
        out.append(c);
        i++;
        continue;
      }
      if (i + 1 < template.length() && template.charAt(i + 1) == '$') {
        out.append('$');
        i += 2;
        continue;
      }
      boolean braced = i + 1 < template.length() && template.charAt(i + 1) == '{';
      int from = braced ? i + 2 : i + 1;
      int to = from;
      while (to < template.length() && isNameUnit(template.charAt(to))) {
        to++;
      }
      boolean closed = !braced || (to < template.length() && template.charAt(to) == '}');
      if (to == from || !closed) {
        out.append('$');
        i++;
        continue;
      }
      out.append(group(matcher, template.substring(from, to)));
      i = braced ? to + 1 : to;
    }
  }

  private String group(Matcher matcher, String name) {
    String found = null;
    if (name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 9) {
      int number = Integer.parseInt(name);
      found = number <= matcher.groupCount() ? matcher.group(number) : null;
    } else if (pattern.namedGroups().containsKey(name)) {
      found = matcher.group(name);
    }
    return found == null ? "" : found;
  }

  private static boolean isNameUnit(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Regex regex && regex.pattern.equals(pattern);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  @Override
  public String toString() {
    return source;
  }
}
