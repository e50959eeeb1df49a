package io.trivigil.web.remote;

import java.util.Arrays;

/// Compares the label fields of one request's series with those of aliases, byte for byte. Series
/// that follow each other share most of their fields: where an alias has the same field at the same
/// index as the one that matched last, the bytes of this series are compared with those of that
/// one, all such fields that stand side by side at once, instead of each with its text.
///
/// That is as good: the bytes of the series that matched last equal the texts of its fields, be it
/// because they were compared with them or with bytes of which the same was true before; what a
/// field's number means never changes, and nobody writes to the request meanwhile.
///
/// Belongs to one thread, one request and one table.
final class RequestFields {
  /// Fields of the series that matched last that are kept in mind; further ones are compared with
  /// their texts.
  static final int MOST = 32;

  private static final long[] NOTHING = {};
  private static final long NUMBER = 0xffff_ffffL;

  private final byte[] raw;

  // Of the series that matched last: where it begins, and of each field its length and, in the low
  // half, its number as the alias has it.
  private int begin;
  private int count;
  private long[] before = NOTHING;

  RequestFields(byte[] raw) {
    this.raw = raw;
  }

  /// Where an alias' fields end if exactly they begin at `from`, else −1; what comes behind them is
  /// not looked at.
  ///
  /// @param fields holds the numbers of the alias' fields from `place` on, in `texts`; the last has
  ///   its highest bit set
  int match(FieldPage fields, int place, FieldTexts texts, int from, int to) {
    if (before.length == 0) {
      before = new long[MOST]; // not for requests of which nothing is looked at
    }
    int known = count;
    count = 0; // while it is not all matched, half of this is of one series and half of another
    int then = begin;
    int position = from;
    int at = place;
    for (int i = 0; ; i++, at++) {
      int number = fields.get(at);
      int shared = 0; // bytes
      for (; i < known && (int) before[i] == number; i++, at++) {
        shared += (int) (before[i] >>> Integer.SIZE);
        if (number < 0) {
          return matched(i + 1, from, sharedEnd(then, position, shared, to));
        }
        number = fields.get(at + 1);
      }
      if (shared > 0) {
        position = sharedEnd(then, position, shared, to);
        if (position < 0) {
          return -1;
        }
        then += shared;
      }
      byte[] field = texts.text(number & ~AliasTable.LAST);
      int end = position + field.length;
      if (end > to || Arrays.mismatch(field, 0, field.length, raw, position, end) >= 0) {
        return -1;
      }
      if (i < known) {
        then += (int) (before[i] >>> Integer.SIZE);
      }
      if (i < MOST) {
        before[i] = ((long) field.length << Integer.SIZE) | (number & NUMBER);
      }
      if (number < 0) {
        return matched(i + 1, from, end);
      }
      position = end;
    }
  }

  /// Where the bytes end that begin at `position` and equal those at `then`, else −1.
  private int sharedEnd(int then, int position, int bytes, int to) {
    return bytes <= to - position
            && Arrays.mismatch(raw, then, then + bytes, raw, position, position + bytes) < 0
        ? position + bytes
        : -1;
  }

  private int matched(int fields, int from, int end) {
    if (end >= 0) {
      begin = from;
      count = Math.min(fields, MOST);
    }
    return end;
  }
}
