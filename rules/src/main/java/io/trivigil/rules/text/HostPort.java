package io.trivigil.rules.text;

/// A host with or without a port, as Go's `net.SplitHostPort` sees it.
///
/// @param host the host without brackets; the whole text where it has no port
/// @param port empty where there is none
record HostPort(String host, String port) {
  static HostPort of(String text) {
    HostPort plain = new HostPort(text, "");
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return plain;
    }
    if (text.startsWith("[")) {
      int close = text.indexOf(']');
      return close > 0 && close + 1 == colon
          ? new HostPort(text.substring(1, close), text.substring(colon + 1))
          : plain;
    }
    boolean many = text.indexOf(':') != colon;
    return many ? plain : new HostPort(text.substring(0, colon), text.substring(colon + 1));
  }

  /// The first part of the host's name, with its port; an address stays whole.
  static String stripDomain(String text) {
    HostPort parts = of(text);
    if (isAddress(parts.host)) {
      return text;
    }
    int dot = parts.host.indexOf('.');
    String name = dot < 0 ? parts.host : parts.host.substring(0, dot);
    return parts.port.isEmpty() ? name : name + ":" + parts.port;
  }

  private static boolean isAddress(String host) {
    if (host.indexOf(':') >= 0) {
      return host.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.');
    }
    String[] parts = host.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      boolean digits =
          !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(Character::isDigit);
      if (!digits || Integer.parseInt(part) > 255) {
        return false;
      }
    }
    return true;
  }
}
