package io.trivigil.template.value;

/// A text that its maker vouches for in one HTML context; elsewhere it is escaped like any text.
public record Safe(Kind kind, String text) implements GoObject {
  /// The context in which the text is safe.
  public enum Kind {
    HTML("template.HTML"),
    URL("template.URL"),
    JS("template.JS"),
    CSS("template.CSS");

    private final String goType;

    Kind(String goType) {
      this.goType = goType;
    }
  }

  /// Markup that is inserted as it stands.
  public static Safe html(String text) {
    return new Safe(Kind.HTML, text);
  }

  /// An address whose scheme is not questioned.
  public static Safe url(String text) {
    return new Safe(Kind.URL, text);
  }

  @Override
  public String goType() {
    return kind.goType;
  }
}
