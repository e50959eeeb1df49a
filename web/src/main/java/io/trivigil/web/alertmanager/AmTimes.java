package io.trivigil.web.alertmanager;

import io.trivigil.web.json.JsonException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;

/// Points of time in bodies.
final class AmTimes {
  private AmTimes() {}

  /// RFC 3339 to epoch ms; Go's zero time, year 1, becomes 0.
  static long read(String name, String text) {
    try {
      OffsetDateTime time = OffsetDateTime.parse(text);
      return time.getYear() <= 1 ? 0 : time.toInstant().toEpochMilli();
    } catch (DateTimeException | ArithmeticException e) {
      throw new JsonException("%s in body must be of type date-time: %s".formatted(name, text), e);
    }
  }
}
