package io.trivigil.dashboards;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A language that the pages speak.
public enum Language {
  ENGLISH("en", "English"),
  CHINESE("zh", "中文");

  /// The name of the cookie that remembers a reader's choice.
  public static final String COOKIE = "trivigil_lang";

  private final String tag;
  private final String ownName;

  Language(String tag, String ownName) {
    this.tag = tag;
    this.ownName = ownName;
  }

  /// Returns the tag as in `?lang=zh` and the cookie.
  public String tag() {
    return tag;
  }

  /// Returns the tag for the `lang` attribute, with the script that fonts need to know.
  public String htmlTag() {
    return this == CHINESE ? "zh-Hans" : tag;
  }

  /// Returns what its speakers call it.
  public String ownName() {
    return ownName;
  }

  /// Returns the language that a click on the switch leads to.
  public Language other() {
    return this == ENGLISH ? CHINESE : ENGLISH;
  }

  /// Picks the first that names a language we speak: the `lang` parameter, the cookie, the
  /// `Accept-Language` header by its weights, English.
  public static Language choose(
      Optional<String> parameter, Optional<String> cookie, Optional<String> acceptLanguage) {
    return parameter
        .flatMap(Language::named)
        .or(() -> cookie.flatMap(Language::named))
        .or(() -> acceptLanguage.flatMap(Language::accepted))
        .orElse(ENGLISH);
  }

  private static Optional<Language> named(String tag) {
    String primary = tag.strip().toLowerCase(Locale.ROOT).split("[-_]", 2)[0];
    return Arrays.stream(values()).filter(l -> l.tag.equals(primary)).findFirst();
  }

  private record Weighted(Language language, double weight) {}

  private static Optional<Language> accepted(String header) {
    if (header.length() > 500) {
      return Optional.empty();
    }
    List<Weighted> wanted =
        Arrays.stream(header.split(",", -1))
            .flatMap(
                part -> {
                  String[] tagAndWeight = part.split(";", 2);
                  return named(tagAndWeight[0])
                      .map(l -> new Weighted(l, weight(tagAndWeight)))
                      .stream();
                })
            .toList();
    return wanted.stream()
        .filter(w -> w.weight() > 0)
        .max(Comparator.comparingDouble(Weighted::weight).thenComparing(w -> -wanted.indexOf(w)))
        .map(Weighted::language);
  }

  private static double weight(String[] tagAndWeight) {
    if (tagAndWeight.length < 2) {
      return 1;
    }
    String text = tagAndWeight[1].strip();
    if (!text.startsWith("q=")) {
      return 1;
    }
    try {
      return Double.parseDouble(text.substring(2));
    } catch (NumberFormatException _) {
      return 0;
    }
  }
}
