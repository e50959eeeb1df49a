package io.trivigil.template.html;

import org.jspecify.annotations.Nullable;

/// The language inside of an attribute value or of a script or style element.
///
/// `read` follows source text, `write` escapes a value for the place reached. What `write` returns
/// is not yet escaped for HTML.
interface Language {
  /// Follows source text.
  void read(String text);

  /// Escapes a value.
  ///
  /// @param value the value, for those languages that know types
  /// @param printed its text
  String write(@Nullable Object value, String printed);

  /// No language: text stays text.
  static Language plain() {
    return new Language() {
      @Override
      public void read(String text) {
        // Nothing changes.
      }

      @Override
      public String write(@Nullable Object value, String printed) {
        return printed;
      }
    };
  }

  static Language url() {
    return new UrlText(false);
  }

  static Language sourceSet() {
    return new UrlText(true);
  }

  static Language script() {
    return new ScriptText();
  }

  static Language style() {
    return new StyleText();
  }
}
