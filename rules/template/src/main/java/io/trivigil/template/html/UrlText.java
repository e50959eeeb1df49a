package io.trivigil.template.html;

import io.trivigil.template.value.Safe;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An address: its scheme is filtered, its path normalised, its query escaped.
final class UrlText implements Language {
  private enum Part {
    NONE,
    PRE_QUERY,
    QUERY_OR_FRAGMENT
  }

  private final boolean list;
  private Part part = Part.NONE;

  UrlText(boolean list) {
    this.list = list;
  }

  @Override
  public void read(String text) {
    if (list && text.indexOf(',') >= 0) {
      part = Part.NONE;
      read(text.substring(text.lastIndexOf(',') + 1));
      return;
    }
    if (text.indexOf('?') >= 0 || text.indexOf('#') >= 0) {
      part = Part.QUERY_OR_FRAGMENT;
    } else if (part == Part.NONE && !text.isBlank()) {
      part = Part.PRE_QUERY;
    }
  }

  @Override
  public String write(@Nullable Object value, String printed) {
    boolean trusted = value instanceof Safe(Safe.Kind kind, String _) && kind == Safe.Kind.URL;
    String result =
        switch (part) {
          case NONE -> trusted || isSafe(printed) ? normalise(printed) : "#" + Escapers.FAILSAFE;
          case PRE_QUERY -> normalise(printed);
          case QUERY_OR_FRAGMENT -> trusted ? normalise(printed) : encode(printed, false);
        };
    if (part == Part.NONE) {
      part = Part.PRE_QUERY;
    }
    return list ? result.replace(",", "%2c") : result;
  }

  /// Whether an address has no scheme, or one that can not run a program.
  static boolean isSafe(String address) {
    int colon = address.indexOf(':');
    if (colon < 0 || address.substring(0, colon).indexOf('/') >= 0) {
      return true;
    }
    String scheme = address.substring(0, colon).toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https") || scheme.equals("mailto");
  }

  static String normalise(String address) {
    return encode(address, true);
  }

  private static String encode(String text, boolean keepReserved) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder out = new StringBuilder(bytes.length + 16);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
      boolean reserved = keepReserved && "!#$&*+,/:;=?@[]".indexOf(c) >= 0;
      boolean escape =
          keepReserved
              && c == '%'
              && i + 2 < bytes.length
              && Character.digit(bytes[i + 1], 16) >= 0
              && Character.digit(bytes[i + 2], 16) >= 0;
      if (plain || reserved || escape) {
        out.append(c);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02x", (int) c));
      }
    }
    return out.toString();
  }
}
