package io.trivigil.dashboards;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How bright the pages are.
public enum Theme {
  /// As the reader's device is set.
  AUTO,
  LIGHT,
  DARK;

  /// The name of the cookie that remembers a reader's choice; the browser itself sets it.
  public static final String COOKIE = "trivigil_theme";

  /// Returns the word for the cookie and the page.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Reads the cookie; anything else than a known word means [#AUTO].
  public static Theme choose(Optional<String> cookie) {
    return cookie
        .flatMap(word -> Arrays.stream(values()).filter(t -> t.wire().equals(word)).findFirst())
        .orElse(AUTO);
  }
}
