package io.trivigil.promql.script;

import io.trivigil.model.PromDuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The offsets of a `@st` line: how long before its sample each counter began.
final class StartOffsets {
  private static final Pattern ITEM =
      Pattern.compile("^([+-]?[0-9a-z]+?)(?:([+-][0-9a-z]+?))?(?:x([0-9]+))?$");

  private StartOffsets() {}

  static List<Optional<Long>> parse(String text) {
    List<Optional<Long>> offsets = new ArrayList<>();
    for (String token : text.strip().split("\\s+")) {
      if (token.startsWith("_")) {
        int count = token.length() == 1 ? 1 : Integer.parseInt(token.substring(2));
        for (int i = 0; i < count; i++) {
          offsets.add(Optional.empty());
        }
        continue;
      }
      Matcher matcher = ITEM.matcher(token);
      if (!matcher.find()) {
        throw new IllegalArgumentException("bad start timestamp: " + token);
      }
      long offset = signed(matcher.group(1));
      long step = matcher.group(2) == null ? 0 : signed(matcher.group(2));
      int times = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
      for (int i = 0; i <= times; i++) {
        offsets.add(Optional.of(offset));
        offset += step;
      }
    }
    return offsets;
  }

  private static long signed(String text) {
    boolean minus = text.startsWith("-");
    long length = PromDuration.parseMs(minus || text.startsWith("+") ? text.substring(1) : text);
    return minus ? -length : length;
  }
}
