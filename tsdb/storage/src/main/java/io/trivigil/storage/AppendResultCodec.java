package io.trivigil.storage;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import java.util.ArrayList;
import java.util.List;

/// [AppendResult] as bytes; layout there.
final class AppendResultCodec {
  private static final int PLAIN = 1;
  private static final int OVER_LIMITS = 2;

  private AppendResultCodec() {}

  static void encode(AppendResult result, ByteWriter out) {
    boolean over = result instanceof AppendResult.Appended a && !a.over().isEmpty();
    out.u8(over ? OVER_LIMITS : PLAIN);
    switch (result) {
      case AppendResult.Replayed _ -> out.u8(0);
      case AppendResult.UnknownRefs(List<Long> refs) -> refs(refs, out.u8(1));
      case AppendResult.Refused(Verdict verdict, int sample) ->
          out.u8(2).u8(code(verdict)).varint(sample);
      case AppendResult.Appended appended -> {
        out.u8(3).varint(appended.accepted()).varint(appended.same());
        out.varint(appended.duplicates()).varint(appended.outOfOrder());
        out.varint(appended.tooOld()).varint(appended.tooFarAhead());
        out.varint(appended.overLimit()).varint(appended.newSeries());
        refs(appended.refs(), out);
        if (over) {
          out.varint(appended.over().size());
          for (OverLimit of : appended.over()) {
            out.u8(code(of.verdict())).string(of.name()).varint(of.limit());
            out.varint(of.samples()).varint(of.first());
          }
        }
      }
    }
  }

  private static void refs(List<Long> refs, ByteWriter out) {
    out.varint(refs.size());
    refs.forEach(out::varint);
  }

  static AppendResult decode(ByteReader in) {
    int version = in.u8();
    if (version != PLAIN && version != OVER_LIMITS) {
      throw new MalformedBytesException(
          "append result: expected version=%d or %d found=%d"
              .formatted(PLAIN, OVER_LIMITS, version));
    }
    int kind = in.u8();
    return switch (kind) {
      case 0 -> new AppendResult.Replayed();
      case 1 -> new AppendResult.UnknownRefs(refs(in));
      case 2 -> new AppendResult.Refused(verdict(in.u8()), in.intVarint());
      case 3 ->
          new AppendResult.Appended(
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              in.intVarint(),
              refs(in),
              version == OVER_LIMITS ? over(in) : List.of());
      default -> throw new MalformedBytesException("append result: unknown kind=" + kind);
    };
  }

  private static List<Long> refs(ByteReader in) {
    int count = in.count(1);
    List<Long> refs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      refs.add(in.varint());
    }
    return refs;
  }

  private static List<OverLimit> over(ByteReader in) {
    List<OverLimit> over = new ArrayList<>();
    for (int i = in.count(5); i > 0; i--) {
      over.add(
          new OverLimit(
              verdict(in.u8()), in.string(), in.intVarint(), in.intVarint(), in.intVarint()));
    }
    return over;
  }

  // By name and not by place: the order of an enum is not a format.
  private static int code(Verdict verdict) {
    return switch (verdict) {
      case ACCEPTED -> 0;
      case SAME -> 1;
      case DUPLICATE -> 2;
      case OUT_OF_ORDER -> 3;
      case TOO_OLD -> 4;
      case TOO_FAR_AHEAD -> 5;
      case SERIES_LIMIT -> 6;
      case METRIC_SERIES_LIMIT -> 7;
      case JOB_SERIES_LIMIT -> 8;
      case LATE -> 9;
    };
  }

  private static Verdict verdict(int code) {
    for (Verdict verdict : Verdict.values()) {
      if (code(verdict) == code) {
        return verdict;
      }
    }
    throw new MalformedBytesException("append result: unknown verdict=" + code);
  }
}
