package io.trivigil.raft.ratis;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts who is turned away at the cluster port, and says so in one line: each address and reason
/// once a minute, since who knocks may knock often. Thread-safe; a private lock guards who was
/// spoken of.
final class Doorkeeper {
  private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);
  private static final long QUIET_NANOS = 60_000_000_000L;

  /// Of how many it is remembered that they were spoken of; beyond it some are spoken of again.
  private static final int REMEMBERED = 256;

  private final LongSupplier nanoTicker;
  private final Map<Refusal, LongAdder> counts = new EnumMap<>(Refusal.class);
  private final Object lock = new Object();
  private final Map<String, Long> spokenOf =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };

  Doorkeeper(LongSupplier nanoTicker) {
    this.nanoTicker = nanoTicker;
    for (Refusal refusal : Refusal.values()) {
      counts.put(refusal, new LongAdder());
    }
  }

  long count(Refusal refusal) {
    return adder(refusal).sum();
  }

  private LongAdder adder(Refusal refusal) {
    return java.util.Objects.requireNonNull(counts.get(refusal));
  }

  /// Somebody was turned away here.
  void refused(@Nullable SocketAddress from, Refusal refusal, String reason) {
    adder(refusal).increment();
    if (speak(host(from) + " " + refusal)) {
      LOG.warn(
          "connection refused on the cluster port from={} reason=\"{}\"",
          text(from),
          plain(reason));
    }
  }

  /// We called, and did not like who answered, or were not let in.
  void notTrusted(String address, Refusal refusal, String reason) {
    adder(refusal).increment();
    if (speak(address + " called " + refusal)) {
      LOG.warn("peer not trusted address={} reason=\"{}\"", address, plain(reason));
    }
  }

  /// What a call of ours failed with, where it has to do with trust.
  void callFailed(String address, String reason) {
    if (speak(address + " failed")) {
      LOG.warn("peer lets no connection through address={} reason=\"{}\"", address, plain(reason));
    }
  }

  /// A node that may not take part said hello.
  void strange(String node, String reason) {
    adder(Refusal.NOT_A_MEMBER).increment();
    if (speak(node + " " + Refusal.NOT_A_MEMBER)) {
      LOG.warn("node refused node=\"{}\" reason=\"{}\"", node, plain(reason));
    }
  }

  private boolean speak(String key) {
    long now = nanoTicker.getAsLong();
    synchronized (lock) {
      Long last = spokenOf.get(key);
      if (last != null && now - last < QUIET_NANOS) {
        return false;
      }
      spokenOf.remove(key); // so that it is the youngest again
      spokenOf.put(key, now);
      return true;
    }
  }

  private static String host(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? inet.getAddress() == null ? inet.getHostString() : inet.getAddress().getHostAddress()
        : "unknown";
  }

  private static String text(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet
        ? host(address) + ":" + inet.getPort()
        : "unknown";
  }

  /// One line, and not a long one.
  static String plain(String reason) {
    String line = reason.replace('\n', ' ').replace('\r', ' ').replace('"', '\'');
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
