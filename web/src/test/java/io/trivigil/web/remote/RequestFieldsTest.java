package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.trivigil.model.codec.RawHash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is compared with the series before is judged as if each series stood alone.
final class RequestFieldsTest {
  private final AliasTable table = new AliasTable();
  private final List<byte[]> raws = new ArrayList<>(); // of each alias, from number 1 on

  /// Label fields as a sender writes them.
  private static byte[] raw(String... values) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String value : values) {
      byte[] bytes = value.getBytes(StandardCharsets.ISO_8859_1);
      out.write(10);
      for (int rest = bytes.length; ; rest >>>= 7) {
        out.write(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
        if (rest < 0x80) {
          break;
        }
      }
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }

  private int alias(String... values) {
    return alias(raw(values));
  }

  private int alias(byte[] raw) {
    for (int i = 0; i < raws.size(); i++) {
      if (Arrays.equals(raws.get(i), raw)) {
        return i + 1;
      }
    }
    raws.add(raw);
    int alias = table.add(raw, RawHash.of(raw, 0, raw.length), raws.size(), (byte) 1);
    assertThat(alias).isEqualTo(raws.size());
    return alias;
  }

  /// As [AliasTable#match] says, but each alias alone and its bytes in one piece.
  private int expected(int alias, byte[] in, int from, int to) {
    byte[] raw = raws.get(alias - 1);
    int end = from + raw.length;
    return end <= to && Arrays.equals(raw, 0, raw.length, in, from, end) ? end : -1;
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void eachSeriesIsJudgedAsIfItStoodAlone(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      alias(values(random));
      if (i == 75 && seed % 2 == 0) {
        useUpNarrowNumbers(); // half of the aliases have fields of which one is wide, or some
      }
    }
    int matched = 0;
    int differed = 0;
    for (int request = 0; request < 200; request++) {
      List<Integer> series = new ArrayList<>();
      List<Integer> begins = new ArrayList<>();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      for (int i = 0; i < 40; i++) {
        int alias = 1 + (random.nextInt(3) > 0 ? random.nextInt(8) : random.nextInt(raws.size()));
        series.add(alias);
        begins.add(out.size());
        out.writeBytes(raws.get(alias - 1));
        out.writeBytes(new byte[random.nextInt(3)]); // its samples
      }
      byte[] in = out.toByteArray();
      for (int flips = random.nextInt(4); flips > 0; flips--) {
        in[random.nextInt(in.length)] ^= (byte) (1 << random.nextInt(8));
      }
      RequestFields fields = new RequestFields(in);
      for (int i = 0; i < series.size(); i++) {
        int from = begins.get(i);
        int to = random.nextInt(8) > 0 ? in.length : from + random.nextInt(in.length - from + 1);
        for (int guesses = random.nextInt(3); guesses >= 0; guesses--) {
          int guess = guesses == 0 ? series.get(i) : 1 + random.nextInt(raws.size());
          int expected = expected(guess, in, from, to);
          assertThat(table.match(guess, fields, from, to))
              .as("seed %d, request %d, series %d, alias %d", seed, request, i, guess)
              .isEqualTo(expected);
          matched += expected >= 0 ? 1 : 0;
          differed += expected < 0 ? 1 : 0;
        }
      }
    }
    assertThat(matched).isGreaterThan(4_000);
    assertThat(differed).isGreaterThan(4_000);
  }

  private void useUpNarrowNumbers() {
    for (int from = 0; from <= FieldPage.MOST_NARROW; from += 12_000) {
      alias(IntStream.range(from, from + 12_000).mapToObj(i -> "n" + i).toArray(String[]::new));
    }
  }

  /// Values of which many series share many, at the same index, at others, and as part of longer
  /// ones; among them the bytes that a field begins with, and now and then more than are kept.
  private static String[] values(Random random) {
    boolean many = random.nextInt(12) == 0;
    String[] values = new String[1 + random.nextInt(many ? RequestFields.MOST + 8 : 6)];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> "\n";
            case 2 -> "\n\u0001a";
            case 3 -> "a".repeat(random.nextInt(4));
            case 4 -> "instance-" + random.nextInt(2);
            default -> "v".repeat(random.nextInt(2) * 130 + i % 2);
          };
    }
    return values;
  }

  @Test
  void whatOneSeriesSharesWithTheOneBeforeMayStillDiffer() {
    String[] labels = {"requests_total", "api", "host-1", "node"};
    int first = alias("requests_total", "api", "host-1", "node");
    int second = alias("errors_total", "api", "host-1", "node");
    byte[] before = raw(labels);
    byte[] after = raw("errors_total", "api", "host-1", "node");
    for (int i = 0; i < after.length; i++) {
      byte[] in = join(before, after, after);
      in[before.length + i] ^= 1;
      RequestFields fields = new RequestFields(in);
      assertThat(table.match(first, fields, 0, in.length)).isEqualTo(before.length);
      assertThat(table.match(second, fields, before.length, in.length))
          .as("byte %d", i)
          .isNegative();
      int from = before.length + after.length;
      assertThat(table.match(second, fields, from, in.length)).isEqualTo(in.length);
      assertThat(table.match(second, fields, from, in.length - 1)).isNegative();
    }
  }

  @Test
  void aFieldIsTheLastOfOneAndNotOfTheOther() {
    int two = alias("up", "node");
    int three = alias("up", "node", "host-1");
    byte[] in = join(raw("up", "node"), raw("up", "node", "host-1"), raw("up", "node", "host-2"));
    int from = raw("up", "node").length;
    int last = from + raw("up", "node", "host-1").length;
    RequestFields fields = new RequestFields(in);
    assertThat(table.match(two, fields, 0, in.length)).isEqualTo(from);
    assertThat(table.match(three, fields, from, in.length)).isEqualTo(last);
    assertThat(table.match(three, fields, last, in.length)).isNegative();
    assertThat(table.match(two, fields, last, in.length))
        .isEqualTo(last + raw("up", "node").length);
  }

  /// A longer series came earlier: what is known of it is not taken for the one that came last.
  @Test
  void aSeriesIsComparedWithTheOneThatMatchedLast() {
    int longer = alias("up", "a", "b", "cc", "d");
    int shorter = alias("up", "a");
    int other = alias("up", "x", "b", "cc", "d");
    byte[] of = raw("up", "x", "b", "cc", "d");
    byte[] in = join(raw("up", "a", "b", "cc", "d"), raw("up", "a"), of);
    int second = raw("up", "a", "b", "cc", "d").length;
    int third = second + raw("up", "a").length;
    RequestFields fields = new RequestFields(in);
    assertThat(table.match(longer, fields, 0, in.length)).isEqualTo(second);
    assertThat(table.match(shorter, fields, second, in.length)).isEqualTo(third);
    assertThat(table.match(other, fields, third, in.length)).isEqualTo(in.length);
  }

  /// Half of a series matched: what is kept is of two series, and no use.
  @Test
  void whatDidNotMatchIsNotComparedWith() {
    int first = alias("up", "abc", "node");
    int wrong = alias("down", "abcd", "host");
    int right = alias("down", "abcd", "node");
    byte[] of = raw("down", "abcd", "node");
    byte[] in = join(raw("up", "abc", "node"), of, of);
    int second = raw("up", "abc", "node").length;
    RequestFields fields = new RequestFields(in);
    assertThat(table.match(first, fields, 0, in.length)).isEqualTo(second);
    assertThat(table.match(wrong, fields, second, in.length)).isNegative();
    assertThat(table.match(right, fields, second, in.length)).isEqualTo(second + of.length);
    assertThat(table.match(right, fields, second + of.length, in.length)).isEqualTo(in.length);
  }
}
