package io.trivigil.raft.ratis;

import io.trivigil.raft.LogLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// How one node takes part in the log.
///
/// @param clusterName the cluster's name; a node of another cluster is refused by it
/// @param nodeId this node's id, one of the peers
/// @param peers the nodes that found the cluster, this one included. After that the log is the
///   membership, and these are only where to ask
/// @param directory where identity and log live; made if missing
/// @param limits the limits of the log
/// @param electionMin the shortest election timeout; default 300 ms
/// @param electionMax the longest election timeout; default 600 ms
/// @param proposeTimeout how long a proposal may take, waiting for a leader included, before its
///   outcome is said to be unknown; default 10 s
/// @param entriesInFlight entries of this node that may be in flight at once; default 4
/// @param access who may connect, and whether this node may be added to a cluster
public record RatisConfig(
    String clusterName,
    String nodeId,
    List<Peer> peers,
    Path directory,
    LogLimits limits,
    Duration electionMin,
    Duration electionMax,
    Duration proposeTimeout,
    int entriesInFlight,
    ClusterAccess access) {

  /// How long sent bytes may stay unacknowledged until a connection between nodes is given up, and
  /// how long connecting may take.
  public static final Duration STILL_CONNECTION = Duration.ofSeconds(2);

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,64}");

  /// A node and where its log listens.
  ///
  /// @param id the node id: letters, digits, `_ . -`, at most 64
  /// @param host a host name or address
  /// @param port the TCP port of the log
  public record Peer(String id, String host, int port) {
    public Peer {
      if (!NAME.matcher(id).matches()) {
        throw new IllegalArgumentException("node id not valid: \"%s\"".formatted(id));
      }
      if (host.isEmpty() || port < 1 || port > 65535) {
        throw new IllegalArgumentException(
            "peer address not valid: %s=%s:%d".formatted(id, host, port));
      }
    }

    /// The address as host:port.
    public String address() {
      return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }
  }

  public RatisConfig {
    peers = List.copyOf(peers);
    if (!NAME.matcher(clusterName).matches()) {
      throw new IllegalArgumentException("cluster name not valid: \"%s\"".formatted(clusterName));
    }
    Set<String> ids = new HashSet<>();
    for (Peer peer : peers) {
      if (!ids.add(peer.id())) {
        throw new IllegalArgumentException("peer named twice: " + peer.id());
      }
    }
    if (!ids.contains(nodeId)) {
      throw new IllegalArgumentException(
          "node %s is not among the peers %s".formatted(nodeId, ids));
    }
    if (access.join() && ids.size() == 1) {
      throw new IllegalArgumentException(
          "node %s shall join a cluster, but its peers name nobody else".formatted(nodeId));
    }
    if (electionMin.compareTo(Duration.ofMillis(10)) < 0
        || electionMax.compareTo(electionMin) < 0
        || proposeTimeout.compareTo(electionMax) < 0
        || entriesInFlight < 1) {
      throw new IllegalArgumentException(
          "timeouts do not fit each other: election %s..%s propose %s entries in flight %d"
              .formatted(electionMin, electionMax, proposeTimeout, entriesInFlight));
    }
  }

  /// The configuration that Trivigil ships with.
  public static RatisConfig of(
      String clusterName, String nodeId, List<Peer> peers, Path directory) {
    return new RatisConfig(
        clusterName,
        nodeId,
        peers,
        directory,
        LogLimits.DEFAULT,
        Duration.ofMillis(300),
        Duration.ofMillis(600),
        Duration.ofSeconds(10),
        4,
        ClusterAccess.DEFAULT);
  }

  /// The most of the log that is kept in memory for followers and for applying it, bytes.
  public static long logCacheBytes(LogLimits limits) {
    return RatisSettings.cacheBytes(limits);
  }

  /// The same with other limits.
  public RatisConfig withLimits(LogLimits other) {
    return new RatisConfig(
        clusterName,
        nodeId,
        peers,
        directory,
        other,
        electionMin,
        electionMax,
        proposeTimeout,
        entriesInFlight,
        access);
  }

  /// The same with other access.
  public RatisConfig withAccess(ClusterAccess other) {
    return new RatisConfig(
        clusterName,
        nodeId,
        peers,
        directory,
        limits,
        electionMin,
        electionMax,
        proposeTimeout,
        entriesInFlight,
        other);
  }

  /// This node as a peer.
  public Peer self() {
    return peers.stream().filter(p -> p.id().equals(nodeId)).findFirst().orElseThrow();
  }
}
