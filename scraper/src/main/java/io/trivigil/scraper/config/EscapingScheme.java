package io.trivigil.scraper.config;

import io.trivigil.model.Names;

/// How a target is asked to write names that the classic formats can not hold.
public enum EscapingScheme {
  ALLOW_UTF8("allow-utf-8"),
  UNDERSCORES("underscores"),
  DOTS("dots"),
  VALUES("values");

  private final String text;

  EscapingScheme(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  static EscapingScheme parse(String text) {
    for (EscapingScheme scheme : values()) {
      if (scheme.text.equals(text)) {
        return scheme;
      }
    }
    throw new IllegalArgumentException("unknown escaping scheme " + Names.quote(text));
  }
}
