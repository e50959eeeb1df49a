package io.trivigil.node;

import io.trivigil.node.failopen.FailOpenSettings;
import io.trivigil.raft.LogLimits;
import io.trivigil.raft.ratis.ClusterAccess;
import io.trivigil.raft.ratis.RatisConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything that one node is told at its start.
///
/// @param clusterName the cluster's name; default `trivigil`
/// @param nodeId this node's id
/// @param peers the founding members, this node included; a single one for a cluster of one
/// @param dataDirectory where log and store live
/// @param prometheusFile the main configuration file, as the user named it
/// @param alertmanagerFile the alertmanager's, empty where there is none
/// @param config how configuration is sealed, watched and reported
/// @param advertisedUrl where this node's HTTP port answers the other nodes, without a slash at its
///   end
/// @param externalUrl under which users reach this cluster, without a slash at its end
/// @param retention how long samples are kept unless the configuration says otherwise; default 15 d
/// @param alertRetention how long expired silences and the notification log are kept; default 120 h
/// @param lookback how far an instant selector looks back; default 5 min
/// @param queryTimeout how long one query may run; default 2 min
/// @param queryMaxSamples how many samples one query may hold at once; default 50 million
/// @param resendDelay after how long a firing alert is handed on again; default 1 min
/// @param promqlFeatures names of features that are switched on
/// @param limits the log's limits
/// @param heartbeat the dead man's switch, if there is one
/// @param access who may connect to the cluster port, and whether this node may be added to a
///   cluster
/// @param failOpen when and how this node works on its own without a quorum
/// @param store how it looks after its disk
public record NodeOptions(
    String clusterName,
    String nodeId,
    List<RatisConfig.Peer> peers,
    Path dataDirectory,
    String prometheusFile,
    Optional<String> alertmanagerFile,
    ConfigOptions config,
    String advertisedUrl,
    String externalUrl,
    Duration retention,
    Duration alertRetention,
    Duration lookback,
    Duration queryTimeout,
    long queryMaxSamples,
    Duration resendDelay,
    List<String> promqlFeatures,
    LogLimits limits,
    Optional<HeartbeatOptions> heartbeat,
    ClusterAccess access,
    FailOpenSettings failOpen,
    StoreOptions store) {
  /// The length of a partition of a new cluster's store.
  public static final Duration PARTITION = Duration.ofHours(24);

  public NodeOptions {
    peers = List.copyOf(peers);
    promqlFeatures = List.copyOf(promqlFeatures);
    if (retention.isNegative() || retention.isZero()) {
      throw new IllegalArgumentException("retention must be above 0: retention=" + retention);
    }
  }
}
