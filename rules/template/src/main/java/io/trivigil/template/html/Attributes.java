package io.trivigil.template.html;

import java.util.Locale;
import java.util.Set;

/// What the names of attributes mean for their values.
final class Attributes {
  private static final Set<String> URLS =
      Set.of(
          "action",
          "archive",
          "background",
          "cite",
          "classid",
          "codebase",
          "data",
          "formaction",
          "href",
          "icon",
          "longdesc",
          "manifest",
          "poster",
          "profile",
          "src",
          "usemap",
          "xmlns");

  private Attributes() {}

  static Language languageOf(String attribute) {
    String name = attribute.toLowerCase(Locale.ROOT);
    if (name.startsWith("data-")) {
      name = name.substring(5);
    } else if (name.indexOf(':') >= 0) {
      if (name.startsWith("xmlns:")) {
        return Language.url();
      }
      name = name.substring(name.indexOf(':') + 1);
    }
    if (name.startsWith("on") || name.equals("srcdoc")) {
      // A document inside of an attribute gets the strictest treatment.
      return Language.script();
    }
    if (name.equals("style")) {
      return Language.style();
    }
    if (name.equals("srcset") || name.equals("imagesrcset")) {
      return Language.sourceSet();
    }
    boolean url =
        URLS.contains(name) || name.contains("src") || name.contains("uri") || name.contains("url");
    return url ? Language.url() : Language.plain();
  }

  /// A value as part of an attribute's name: only where the name is harmless.
  static String filterName(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    boolean clean =
        !name.isEmpty()
            && name.chars()
                .allMatch(c -> c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z'));
    return clean && languageOf(name).getClass() == Language.plain().getClass()
        ? name
        : Escapers.FAILSAFE;
  }
}
