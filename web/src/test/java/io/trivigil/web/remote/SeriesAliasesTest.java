package io.trivigil.web.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.trivigil.model.codec.RawHash;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Aliases of series that are gone make room.
final class SeriesAliasesTest {
  private static byte[] fields(int i) {
    byte[] text = ("pod-" + i).getBytes(StandardCharsets.UTF_8);
    byte[] field = new byte[text.length + 2];
    field[0] = 10;
    field[1] = (byte) text.length;
    System.arraycopy(text, 0, field, 2, text.length);
    return field;
  }

  private static Unlearnt series(int i) {
    byte[] raw = fields(i);
    return new Unlearnt(raw, RawHash.of(raw, 0, raw.length));
  }

  private static long ref(SeriesAliases known, int i) {
    byte[] raw = fields(i);
    int alias =
        known.table().find(new RequestFields(raw), 0, raw.length, RawHash.of(raw, 0, raw.length));
    return alias == AliasTable.NONE ? 0 : known.table().ref(alias);
  }

  private static void learn(SeriesAliases known, int from, int to) {
    List<Unlearnt> fresh = new ArrayList<>();
    List<Long> refs = new ArrayList<>();
    for (int i = from; i < to; i++) {
      fresh.add(series(i));
      refs.add(1L + i);
    }
    known.learn(fresh, refs);
  }

  @Test
  void whoIsGoneIsForgottenAndOthersStay() {
    SeriesAliases known = new SeriesAliases(1 << 20, 1 << 28);
    for (int round = 0; round < 40; round++) {
      int from = round * 1000;
      learn(known, from, from + 1000);
      known.forgetGone(ref -> ref <= 100 || ref > from - 2000, Math.max(0, from - 2100));
      assertThat(known.size()).isLessThan(12_000);
    }
    assertThat(ref(known, 5)).isEqualTo(6);
    assertThat(ref(known, 39_999)).isEqualTo(40_000);
    assertThat(ref(known, 500)).as("long gone").isZero();
    assertThat(
            known
                .table()
                .next(
                    known
                        .table()
                        .find(new RequestFields(fields(5)), 0, fields(5).length, series(5).hash())))
        .as("its successor is there, too")
        .isNotZero();
  }

  /// Fields that come early have narrow numbers, later ones wide; aliases have some of both.
  @Test
  void fieldsAreFoundAgainHoweverManyThereAre() {
    AliasTable table = new AliasTable();
    List<byte[]> all = new ArrayList<>();
    List<Integer> aliases = new ArrayList<>();
    for (int i = 0; i < 40_000; i++) {
      ByteArrayOutputStream raw = new ByteArrayOutputStream();
      for (int field : new int[] {i, i % 3, 39_999 - i % 100, i / 2, 7}) {
        raw.writeBytes(fields(field));
      }
      byte[] bytes = raw.toByteArray();
      all.add(bytes);
      aliases.add(table.add(bytes, RawHash.of(bytes, 0, bytes.length), i + 1, (byte) 1));
    }
    AliasTable copy = table.those(_ -> true);
    for (int i = 0; i < all.size(); i++) {
      byte[] raw = all.get(i);
      byte[] longer = Arrays.copyOf(raw, raw.length + 9);
      byte[] other = all.get((i + 1) % all.size());
      int alias = aliases.get(i);
      assertThat(match(table, alias, longer, longer.length)).isEqualTo(raw.length);
      assertThat(match(table, alias, raw, raw.length - 1)).isEqualTo(-1);
      assertThat(match(table, alias, other, other.length)).isEqualTo(-1);
      int hash = RawHash.of(raw, 0, raw.length);
      int copied = copy.find(new RequestFields(raw), 0, raw.length, hash);
      assertThat(copy.ref(copied)).isEqualTo(i + 1);
    }
    assertThat(bytesOfAnother(table, 1, 2)).isEqualTo(AliasTable.BYTES + 2 * 2);
    assertThat(bytesOfAnother(table, 1, 39_800)).isEqualTo(AliasTable.BYTES + 2 * 4);
  }

  /// What an alias of two known fields takes.
  private static long bytesOfAnother(AliasTable table, int first, int second) {
    byte[] one = fields(first);
    byte[] other = fields(second);
    byte[] raw = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, raw, one.length, other.length);
    long before = table.bytes();
    assertThat(table.add(raw, RawHash.of(raw, 0, raw.length), 1, (byte) 1)).isPositive();
    return table.bytes() - before;
  }

  private static int match(AliasTable table, int alias, byte[] in, int to) {
    return table.match(alias, new RequestFields(in), 0, to);
  }

  @Test
  void eachIsAskedForOnce() {
    SeriesAliases known = new SeriesAliases(1 << 20, 1 << 28);
    learn(known, 0, 10_000);
    Set<Long> asked = new HashSet<>();
    known.forgetGone(
        ref -> {
          assertThat(asked.add(ref)).isTrue();
          return ref % 2 == 0;
        },
        5_000);
    assertThat(asked).hasSize(10_000);
    assertThat(known.size()).isEqualTo(5_000);
  }

  @Test
  void whoIsAliveIsNeverForgotten() {
    SeriesAliases known = new SeriesAliases(1 << 20, 1 << 28);
    for (int from = 0; from < 40_000; from += 1000) {
      learn(known, from, from + 1000);
      known.forgetGone(_ -> true, from);
    }
    assertThat(known.size()).isEqualTo(40_000);
  }

  @Test
  void itIsLookedOnlyOnceAQuarterMayBeGone() {
    SeriesAliases known = new SeriesAliases(1 << 20, 1 << 28);
    learn(known, 0, 10_000);
    known.forgetGone(ref -> fail("asked for " + ref), 2_499);
    known.forgetGone(ref -> ref > 2_500, 2_500);
    assertThat(known.size()).isEqualTo(7_500);
    learn(known, 10_000, 20_000);
    known.forgetGone(ref -> fail("asked for " + ref), 2_500 + 17_500 / 4 - 1);
    known.forgetGone(ref -> ref > 10_000, 10_000);
    assertThat(known.size()).isEqualTo(10_000);
  }

  @Test
  void aFieldIsMatchedByAllOfItsBytes() {
    for (int length = 0; length <= 40; length++) {
      byte[] raw = new byte[2 + length];
      raw[0] = 10;
      raw[1] = (byte) length;
      for (int i = 2; i < raw.length; i++) {
        raw[i] = (byte) ('a' + i % 26);
      }
      SeriesAliases known = new SeriesAliases(1 << 10, 1 << 20);
      int hash = RawHash.of(raw, 0, raw.length);
      known.learn(List.of(new Unlearnt(raw, hash)), List.of(1L));
      AliasTable table = known.table();
      int alias = table.find(new RequestFields(raw), 0, raw.length, hash);
      byte[] in = new byte[raw.length + 6];
      System.arraycopy(raw, 0, in, 3, raw.length);
      int end = 3 + raw.length;
      assertThat(table.match(alias, new RequestFields(in), 3, in.length))
          .as("%d bytes", length)
          .isEqualTo(end);
      assertThat(table.match(alias, new RequestFields(in), 3, end)).isEqualTo(end);
      assertThat(table.match(alias, new RequestFields(in), 3, end - 1))
          .as("one byte is missing")
          .isEqualTo(-1);
      for (int i = 3; i < end; i++) {
        in[i] ^= 0x20;
        assertThat(table.match(alias, new RequestFields(in), 3, end))
            .as("byte %d differs", i)
            .isEqualTo(-1);
        in[i] ^= 0x20;
      }
    }
  }
}
