package io.trivigil.dashboards;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// The words of one language, by key. Keys that begin with `js.` go to the browser in its bundle.
final class Texts {
  private final Language language;
  private final Map<String, String> texts;

  private Texts(Language language, Map<String, String> texts) {
    this.language = language;
    this.texts = texts;
  }

  static Texts load(Language language) {
    String name = "texts/" + language.tag() + ".properties";
    try (InputStream in = Texts.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("texts missing from the program: file=" + name);
      }
      Properties properties = new Properties();
      properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      Map<String, String> texts = new TreeMap<>();
      properties.forEach((key, value) -> texts.put((String) key, (String) value));
      return new Texts(language, texts);
    } catch (IOException e) {
      throw new UncheckedIOException("texts cannot be read: file=" + name, e);
    }
  }

  Language language() {
    return language;
  }

  Map<String, String> all() {
    return texts;
  }

  boolean has(String key) {
    return texts.containsKey(key);
  }

  /// Returns the text with `{0}`, `{1}`… filled in.
  ///
  /// @throws IllegalArgumentException if there is no such text: templates and texts ship together
  String get(String key, List<?> arguments) {
    String text = texts.get(key);
    if (text == null) {
      throw new IllegalArgumentException(
          "text missing: key=%s language=%s".formatted(key, language.tag()));
    }
    for (int i = 0; i < arguments.size(); i++) {
      text = text.replace("{" + i + "}", String.valueOf(arguments.get(i)));
    }
    return text;
  }
}
