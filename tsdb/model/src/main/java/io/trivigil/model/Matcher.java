package io.trivigil.model;

import java.util.Optional;

/// One condition on one label, as in a PromQL selector. An absent label has the empty value.
///
/// @param name the label's name
/// @param op how the label is compared
/// @param value what it is compared with: a text, or a regular expression in RE2 syntax
/// @param regex the compiled expression; there exactly for [Op#MATCHES] and [Op#NOT_MATCHES]
public record Matcher(String name, Op op, String value, Optional<Regex> regex) {

  /// The four comparisons.
  public enum Op {
    EQUALS("="),
    NOT_EQUALS("!="),
    MATCHES("=~"),
    NOT_MATCHES("!~");

    private final String text;

    Op(String text) {
      this.text = text;
    }

    /// The operator as it is written.
    public String text() {
      return text;
    }

    public boolean isRegex() {
      return this == MATCHES || this == NOT_MATCHES;
    }
  }

  public Matcher {
    if (op.isRegex() != regex.isPresent()) {
      throw new IllegalArgumentException(
          "matcher %s%s%s and its regex differ".formatted(name, op.text(), value));
    }
  }

  /// A matcher in PromQL's sense: its expression is anchored and the dot matches newlines.
  ///
  /// @throws IllegalArgumentException if the expression is not valid
  public static Matcher of(String name, Op op, String value) {
    return new Matcher(
        name,
        op,
        value,
        op.isRegex() ? Optional.of(Regex.anchoredDotAll(value)) : Optional.empty());
  }

  /// `name="value"`.
  public static Matcher equal(String name, String value) {
    return of(name, Op.EQUALS, value);
  }

  /// Whether a label with this value passes; the empty value stands for an absent label.
  public boolean test(String labelValue) {
    return switch (op) {
      case EQUALS -> labelValue.equals(value);
      case NOT_EQUALS -> !labelValue.equals(value);
      case MATCHES -> regex.orElseThrow().matches(labelValue);
      case NOT_MATCHES -> !regex.orElseThrow().matches(labelValue);
    };
  }

  /// Whether these labels pass.
  public boolean test(Labels labels) {
    return test(labels.get(name));
  }

  /// Whether the label may be absent.
  public boolean acceptsEmpty() {
    return test("");
  }

  /// The matcher as it is written in a selector: `name=~"value"`.
  @Override
  public String toString() {
    return Names.quoteIfNeeded(name) + op.text() + Names.quote(value);
  }
}
