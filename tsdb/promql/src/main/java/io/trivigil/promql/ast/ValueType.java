package io.trivigil.promql.ast;

/// The type of an expression.
public enum ValueType {
  SCALAR("scalar", "scalar"),
  STRING("string", "string"),
  VECTOR("vector", "instant vector"),
  MATRIX("matrix", "range vector");

  private final String text;
  private final String documented;

  ValueType(String text, String documented) {
    this.text = text;
    this.documented = documented;
  }

  /// The short word, as in the API.
  public String text() {
    return text;
  }

  /// The word of the documentation, as in most error messages.
  public String documented() {
    return documented;
  }
}
