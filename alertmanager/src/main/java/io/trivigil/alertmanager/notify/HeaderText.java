package io.trivigil.alertmanager.notify;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// Values of mail headers: encoded words where they are not plain ASCII (RFC 2047), and never a
/// line break of their own.
final class HeaderText {
  private static final int MAX_WORD = 75;
  private static final String OPEN = "=?UTF-8?q?";
  private static final String CLOSE = "?=";
  private static final Set<String> ADDRESSES =
      Set.of("To", "From", "Cc", "Bcc", "Reply-To", "Sender");

  private HeaderText() {}

  /// A header's value as it stands in the mail.
  static String encode(String name, String value) {
    String trimmed = value.strip();
    if (isPlain(trimmed)) {
      return trimmed;
    }
    return ADDRESSES.contains(name) ? addresses(trimmed) : words(trimmed);
  }

  // Only the names of addresses may be encoded, not the addresses themselves.
  private static String addresses(String list) {
    try {
      StringBuilder out = new StringBuilder();
      for (InternetAddress address : InternetAddress.parse(list, true)) {
        if (address.getPersonal() != null) {
          address.setPersonal(address.getPersonal(), "UTF-8");
        }
        out.append(out.isEmpty() ? "" : ",\r\n ").append(address);
      }
      return out.toString();
    } catch (AddressException | UnsupportedEncodingException _) {
      return words(list);
    }
  }

  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> (c >= 0x20 && c < 0x7f) || c == '\t');
  }

  /// Encoded words of whole characters, folded.
  static String words(String text) {
    StringBuilder out = new StringBuilder(OPEN);
    int length = OPEN.length();
    for (int c : text.codePoints().toArray()) {
      String encoded = encoded(c);
      if (length + encoded.length() + CLOSE.length() > MAX_WORD) {
        out.append(CLOSE).append("\r\n ").append(OPEN);
        length = OPEN.length();
      }
      out.append(encoded);
      length += encoded.length();
    }
    return out.append(CLOSE).toString();
  }

  private static String encoded(int c) {
    if (c == ' ') {
      return "_";
    }
    if (c > 0x20 && c < 0x7f && c != '=' && c != '?' && c != '_') {
      return Character.toString(c);
    }
    StringBuilder out = new StringBuilder();
    for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
      out.append("=%02X".formatted(b & 0xFF));
    }
    return out.toString();
  }
}
