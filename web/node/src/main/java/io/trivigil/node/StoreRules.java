package io.trivigil.node;

import io.trivigil.model.codec.ByteReader;
import io.trivigil.model.codec.ByteWriter;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.storage.AppendRules;
import io.trivigil.storage.OverLimit;
import io.trivigil.storage.SeriesLimits;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the cluster has agreed on for judging samples: limits on series, and the window for samples
/// out of order. A deterministic machine. Until a leader put limits into the log, [#BEFORE] holds
/// as builds of feature level 2 have it: a request of remote write is refused whole, and nothing is
/// told to targets. Until it put a window there, there is none.
///
/// Called by the log's thread; [#agreed], [#inForce] and [#windowMs] by any. Two sections, each
/// there only if it is agreed on: `limits`: u8 version = 1, then as [SeriesLimits#encode];
/// `window`: u8 version = 1, varint ms.
final class StoreRules {
  /// What holds before anything is agreed on.
  static final SeriesLimits BEFORE = SeriesLimits.total(NodeMachine.MAX_SERIES);

  private static final Logger LOG = LoggerFactory.getLogger(StoreRules.class);
  private static final String LIMITS = "limits";
  private static final String WINDOW = "window";
  private static final int VERSION = 1;

  /// Offenders are logged once; further ones than so many are only counted.
  private static final int MOST_WARNED = 100;

  private volatile Optional<SeriesLimits> agreed = Optional.empty();
  private volatile long windowMs;
  private final Set<String> warned = new HashSet<>(); // of this node alone: no state

  void agree(SeriesLimits limits) {
    agreed = Optional.of(limits);
    warned.clear();
  }

  /// What the log says; empty until it says anything.
  Optional<SeriesLimits> agreed() {
    return agreed;
  }

  /// @param newWindowMs 0 for none
  void agreeWindow(long newWindowMs) {
    windowMs = newWindowMs;
  }

  /// How far a sample out of order may be behind the store's newest one, ms; 0 if it may not.
  long windowMs() {
    return windowMs;
  }

  /// What a sample is judged by now.
  SeriesLimits inForce() {
    return agreed.orElse(BEFORE);
  }

  /// For remote write.
  AppendRules whole(long minMs, long maxMs) {
    AppendRules rules =
        AppendRules.WHOLE.withBounds(minMs, maxMs).withLimits(inForce()).withWindow(windowMs);
    return agreed.isPresent() ? rules.withLimitsApart() : rules;
  }

  /// For scrapes and rules.
  ///
  /// @param report how many samples at the end of the batch are made whatever the limits say
  AppendRules each(int report) {
    AppendRules rules = AppendRules.EACH.withLimits(inForce()).withWindow(windowMs);
    return agreed.isPresent() ? rules.withExempt(report) : rules;
  }

  /// Who was over a limit, for whoever sent it, and once each for this node's log; empty if nobody
  /// was, or nothing is agreed on.
  String told(List<OverLimit> over) {
    if (agreed.isEmpty() || over.isEmpty()) {
      return "";
    }
    for (OverLimit of : over) {
      if (warned.size() < MOST_WARNED && warned.add(of.offender())) {
        LOG.warn(
            "too many series, further ones are left out offender={} limit={}",
            of.offender(),
            of.limit());
      }
    }
    return over.stream().map(OverLimit::words).collect(Collectors.joining("; "));
  }

  SortedMap<String, byte[]> sections() {
    SortedMap<String, byte[]> sections = new TreeMap<>();
    agreed.ifPresent(
        limits -> {
          ByteWriter out = new ByteWriter().u8(VERSION);
          limits.encode(out);
          sections.put(LIMITS, out.toBytes());
        });
    if (windowMs > 0) {
      sections.put(WINDOW, new ByteWriter().u8(VERSION).varint(windowMs).toBytes());
    }
    return sections;
  }

  void restore(SortedMap<String, byte[]> sections) {
    warned.clear();
    agreed = section(sections, LIMITS, SeriesLimits::decode);
    windowMs = section(sections, WINDOW, ByteReader::varint).orElse(0L);
  }

  private static <T> Optional<T> section(
      SortedMap<String, byte[]> sections, String name, Function<ByteReader, T> body) {
    byte[] saved = sections.get(name);
    if (saved == null) {
      return Optional.empty();
    }
    ByteReader in = new ByteReader(saved);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "%s of the store, version: expected=%d found=%d".formatted(name, VERSION, version));
    }
    T read = body.apply(in);
    in.expectEnd();
    return Optional.of(read);
  }
}
