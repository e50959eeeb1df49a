package io.trivigil.web.json;

import io.trivigil.model.FloatFormat;
import io.trivigil.model.Labels;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;

/// Writes JSON to a stream as Go does: `<`, `>`, `&` and the two line separators escaped, no
/// blanks, fields in the order in which they are written. Commas are its own business. Belongs to
/// one thread; [#flush] must be called at the end.
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int FLUSH_AT = 32 << 10;

  /// Whether a character of ASCII stands as it is; the other one, where HTML must not take it.
  private static final boolean[] PLAIN = plain("\"\\");

  private static final boolean[] PLAIN_HTML = plain("\"\\<>&");
  private static final int MAX_DEPTH = 64;

  /// A sign, the digits, a point and three more.
  private static final int SECONDS_BYTES = 2 * Decimals.MOST_BYTES + 5;

  /// A time, a value, and what stands around them.
  private static final int SAMPLE_BYTES = SECONDS_BYTES + ShortestDecimal.MOST_BYTES + 8;

  private final OutputStream out;
  private byte[] buffer = new byte[8 << 10];
  private int size;
  private final boolean[] started = new boolean[MAX_DEPTH];
  private int depth;
  private boolean afterName;
  private final byte[] lastText = new byte[Decimals.MOST_BYTES]; // of the time before
  private long lastThousands; // of seconds, which it says
  private int lastDigits;
  private Labels last = Labels.EMPTY; // which stand in the buffer
  private int[] places = new int[16]; // where each of these begins, and one behind their end
  private int flushes;

  public JsonWriter(OutputStream out) {
    this.out = out;
  }

  private static boolean[] plain(String escaped) {
    boolean[] plain = new boolean[0x80];
    for (char c = ' '; c < plain.length; c++) {
      plain[c] = escaped.indexOf(c) < 0;
    }
    return plain;
  }

  public JsonWriter beginObject() {
    return open('{');
  }

  public JsonWriter endObject() {
    return close('}');
  }

  public JsonWriter beginArray() {
    return open('[');
  }

  public JsonWriter endArray() {
    return close(']');
  }

  private JsonWriter open(char bracket) {
    separate();
    put(bracket);
    if (++depth == MAX_DEPTH) {
      throw new IllegalStateException("json is nested deeper than " + MAX_DEPTH);
    }
    started[depth] = false;
    return this;
  }

  private JsonWriter close(char bracket) {
    depth--;
    put(bracket);
    drain();
    return this;
  }

  /// The name of the next value.
  public JsonWriter name(String name) {
    separate();
    string(name, true);
    put(':');
    afterName = true;
    return this;
  }

  /// A text, with `<`, `>` and `&` escaped.
  public JsonWriter value(String text) {
    separate();
    string(text, true);
    return this;
  }

  public JsonWriter value(long number) {
    separate();
    ascii(Long.toString(number));
    return this;
  }

  public JsonWriter value(boolean truth) {
    separate();
    ascii(truth ? "true" : "false");
    return this;
  }

  /// A number as Go's `encoding/json` writes a float64; it must be finite.
  public JsonWriter value(double number) {
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("json has no number for " + number);
    }
    separate();
    ascii(goNumber(number));
    return this;
  }

  private static String goNumber(double number) {
    String text = FloatFormat.api(number);
    // Go drops the zero of e-09 here, and only here.
    int at = text.length() - 4;
    return at > 0 && text.startsWith("e-0", at)
        ? text.substring(0, at + 2) + text.substring(at + 3)
        : text;
  }

  public JsonWriter nullValue() {
    separate();
    ascii("null");
    return this;
  }

  /// JSON that is valid already.
  public JsonWriter raw(String json) {
    separate();
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    reserve(bytes.length);
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
    return this;
  }

  public JsonWriter field(String name, String text) {
    return name(name).value(text);
  }

  public JsonWriter field(String name, long number) {
    return name(name).value(number);
  }

  public JsonWriter field(String name, double number) {
    return name(name).value(number);
  }

  public JsonWriter field(String name, boolean truth) {
    return name(name).value(truth);
  }

  /// A list of texts in their order.
  public JsonWriter values(Collection<String> texts) {
    beginArray();
    texts.forEach(this::value);
    return endArray();
  }

  public JsonWriter field(String name, Collection<String> texts) {
    return name(name).values(texts);
  }

  /// An object of texts in the map's order.
  public JsonWriter field(String name, Map<String, String> texts) {
    name(name).beginObject();
    texts.forEach(this::field);
    return endObject();
  }

  /// Labels as an object, sorted. Here, as in Prometheus, `<`, `>` and `&` stay. What the labels
  /// before have in the same places is copied from there: of a list of series most is.
  public JsonWriter labels(Labels labels) {
    beginObject();
    int count = labels.size();
    if (places.length <= count) {
      places = Arrays.copyOf(places, 2 * count);
    }
    int flushed = flushes;
    int i = 0;
    while (i < count) {
      if (i > 0) {
        put(',');
      }
      int end = sameUntil(labels, i);
      if (end > i) {
        copy(i, end);
        i = end;
      } else {
        int begin = size;
        string(labels.name(i), false);
        put(':');
        string(labels.value(i), false);
        places[i++] = begin;
      }
    }
    places[count] = size + 1;
    last = flushes == flushed ? labels : Labels.EMPTY;
    return endObject();
  }

  /// Up to where the labels from `from` on are those before.
  @SuppressWarnings("ReferenceEquality") // a short cut: the store keeps each text once
  private int sameUntil(Labels labels, int from) {
    int common = Math.min(labels.size(), last.size());
    int i = from;
    while (i < common && labels.value(i) == last.value(i) && labels.name(i) == last.name(i)) {
      i++;
    }
    return i;
  }

  /// Copies labels of those before, without the comma behind them.
  private void copy(int from, int to) {
    int begin = places[from];
    int length = places[to] - 1 - begin;
    reserve(length); // what is to be copied stays where it is, even if it is flushed
    System.arraycopy(buffer, begin, buffer, size, length);
    int further = size - begin;
    for (int i = from; i < to; i++) {
      places[i] += further;
    }
    size += length;
  }

  public JsonWriter field(String name, Labels labels) {
    return name(name).labels(labels);
  }

  /// A point of time as Prometheus writes it: seconds, with three decimals if they are not zero.
  public JsonWriter seconds(long timestampMs) {
    separate();
    reserve(SECONDS_BYTES);
    size = seconds(buffer, size, timestampMs);
    return this;
  }

  private int seconds(byte[] out, int from, long timestampMs) {
    int at = from;
    long rest = timestampMs;
    if (rest < 0) {
      out[at++] = '-';
      rest = -rest;
    }
    long seconds = rest / 1000;
    int fraction = (int) (rest - seconds * 1000);
    at = wholeSeconds(out, at, seconds);
    if (fraction != 0) {
      out[at] = '.';
      at = Decimals.three(out, at + 1, fraction);
    }
    return at;
  }

  /// All but the last three digits are those of the time before as a rule.
  private int wholeSeconds(byte[] out, int at, long seconds) {
    long thousands = seconds / 1000;
    if (thousands == 0) {
      return Decimals.write(out, at, seconds);
    }
    if (thousands != lastThousands) {
      lastThousands = thousands;
      lastDigits = Decimals.write(lastText, 0, thousands);
    }
    System.arraycopy(lastText, 0, out, at, Decimals.MOST_BYTES);
    return Decimals.three(out, at + lastDigits, (int) (seconds - thousands * 1000));
  }

  /// A sample: `[1435781430.781,"1"]`.
  public JsonWriter sample(long timestampMs, double value) {
    separate();
    reserve(SAMPLE_BYTES);
    byte[] out = buffer;
    int at = size;
    out[at++] = '[';
    at = seconds(out, at, timestampMs);
    out[at++] = ',';
    out[at++] = '"';
    int end = ShortestDecimal.write(out, at, value);
    if (end < 0) {
      size = at;
      ascii(FloatFormat.api(value));
      reserve(2);
      out = buffer;
      end = size;
    }
    at = end;
    out[at++] = '"';
    out[at++] = ']';
    size = at;
    drain();
    return this;
  }

  private void separate() {
    if (afterName) {
      afterName = false;
      return;
    }
    if (started[depth] && depth > 0) {
      put(',');
    }
    started[depth] = true;
  }

  private void string(String text, boolean html) {
    int length = text.length();
    reserve(length * 6 + 2);
    boolean[] plain = html ? PLAIN_HTML : PLAIN;
    byte[] to = buffer;
    int at = size;
    to[at++] = '"';
    int i = 0;
    while (i < length) {
      char c = text.charAt(i);
      if (c >= plain.length || !plain[c]) {
        break;
      }
      to[at++] = (byte) c;
      i++;
    }
    size = at;
    if (i < length) {
      escaped(text, i, plain);
    }
    buffer[size++] = '"';
  }

  /// The rest of a text, from `from` on, for which there is room.
  private void escaped(String text, int from, boolean[] plain) {
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        i += wide(text, i);
      } else if (plain[c]) {
        buffer[size++] = (byte) c;
      } else {
        escape(c);
      }
    }
  }

  private void escape(char c) {
    buffer[size++] = '\\';
    switch (c) {
      case '"', '\\' -> buffer[size++] = (byte) c;
      case '\n' -> buffer[size++] = 'n';
      case '\r' -> buffer[size++] = 'r';
      case '\t' -> buffer[size++] = 't';
      default -> {
        buffer[size++] = 'u';
        buffer[size++] = HEX[c >> 12];
        buffer[size++] = HEX[(c >> 8) & 15];
        buffer[size++] = HEX[(c >> 4) & 15];
        buffer[size++] = HEX[c & 15];
      }
    }
  }

  /// Writes the character at `i` and returns how many more chars it took.
  private int wide(String text, int i) {
    int point = text.codePointAt(i);
    if (point == 0x2028 || point == 0x2029) {
      escape((char) point);
    } else if (point < 0x800) {
      buffer[size++] = (byte) (0xc0 | (point >> 6));
      buffer[size++] = (byte) (0x80 | (point & 63));
    } else if (point < 0x10000) {
      // A surrogate without its other half has no UTF-8: the replacement character, as in Go.
      int shown = Character.isSurrogate((char) point) ? 0xfffd : point;
      buffer[size++] = (byte) (0xe0 | (shown >> 12));
      buffer[size++] = (byte) (0x80 | ((shown >> 6) & 63));
      buffer[size++] = (byte) (0x80 | (shown & 63));
    } else {
      buffer[size++] = (byte) (0xf0 | (point >> 18));
      buffer[size++] = (byte) (0x80 | ((point >> 12) & 63));
      buffer[size++] = (byte) (0x80 | ((point >> 6) & 63));
      buffer[size++] = (byte) (0x80 | (point & 63));
      return 1;
    }
    return 0;
  }

  @SuppressWarnings("deprecation") // drops the upper half of each char: there is none
  private void ascii(String text) {
    int length = text.length();
    reserve(length);
    text.getBytes(0, length, buffer, size);
    size += length;
  }

  private void put(char c) {
    reserve(1);
    buffer[size++] = (byte) c;
  }

  private void reserve(int bytes) {
    if (size + bytes > buffer.length) {
      drain();
      if (bytes > buffer.length - size) {
        buffer = Arrays.copyOf(buffer, Math.max(size + bytes, buffer.length * 2));
      }
    }
  }

  private void drain() {
    if (size >= FLUSH_AT) {
      flush();
    }
  }

  /// Hands everything written so far to the stream.
  ///
  /// @throws UncheckedIOException if the stream does not take it
  public void flush() {
    try {
      out.write(buffer, 0, size);
      size = 0;
      last = Labels.EMPTY;
      flushes++;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
