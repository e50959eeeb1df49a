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
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The limits on series that the cluster has agreed on: a deterministic machine. Until a leader put
/// them into the log, [#BEFORE] holds as builds of feature level 1 have it: a request of remote
/// write is refused whole, and nothing is told to targets.
///
/// Called by the log's thread; [#agreed] and [#inForce] by any. One section, `limits`, only if they
/// are agreed on: u8 version = 1, then as [SeriesLimits#encode].
final class SeriesGuard {
  /// What holds before anything is agreed on.
  static final SeriesLimits BEFORE = SeriesLimits.total(NodeMachine.MAX_SERIES);

  private static final Logger LOG = LoggerFactory.getLogger(SeriesGuard.class);
  private static final String LIMITS = "limits";
  private static final int VERSION = 1;

  /// Offenders are logged once; further ones than so many are only counted.
  private static final int MOST_WARNED = 100;

  private volatile Optional<SeriesLimits> agreed = Optional.empty();
  private final Set<String> warned = new HashSet<>(); // of this node alone: no state

  void agree(SeriesLimits limits) {
    agreed = Optional.of(limits);
    warned.clear();
  }

  /// What the log says; empty until it says anything.
  Optional<SeriesLimits> agreed() {
    return agreed;
  }

  /// What a sample is judged by now.
  SeriesLimits inForce() {
    return agreed.orElse(BEFORE);
  }

  /// For remote write.
  AppendRules whole(long minMs, long maxMs) {
    AppendRules rules = AppendRules.WHOLE.withBounds(minMs, maxMs).withLimits(inForce());
    return agreed.isPresent() ? rules.withLimitsApart() : rules;
  }

  /// For scrapes and rules.
  ///
  /// @param report how many samples at the end of the batch are made whatever the limits say
  AppendRules each(int report) {
    AppendRules rules = AppendRules.EACH.withLimits(inForce());
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
    return sections;
  }

  void restore(SortedMap<String, byte[]> sections) {
    warned.clear();
    byte[] saved = sections.get(LIMITS);
    if (saved == null) {
      agreed = Optional.empty();
      return;
    }
    ByteReader in = new ByteReader(saved);
    int version = in.u8();
    if (version != VERSION) {
      throw new MalformedBytesException(
          "series limits version: expected=%d found=%d".formatted(VERSION, version));
    }
    agreed = Optional.of(SeriesLimits.decode(in));
    in.expectEnd();
  }
}
