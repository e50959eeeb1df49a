package io.trivigil.raft.ratis;

import io.trivigil.raft.EntryCodec;
import io.trivigil.raft.LogLimits;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Ratis' settings. Its defaults cache some 200 MB and never shrink the log; these are bounded, and
/// fit each other: one entry <= appender buffer < write buffer <= segment, and < one gRPC message.
final class RatisSettings {
  /// Where Ratis keeps its groups, inside the log's directory.
  static final String LOG_DIRECTORY = "raft";

  /// How long a leader waits behind the n-th failure in a row to append on a member. By default
  /// Ratis comes to 5 s, in which it sends no heartbeat either: a member that was away for half a
  /// minute then stood still, asking for votes, for minutes after it was back. A member that is
  /// dead costs four attempts a second.
  private static final String APPEND_RETRIES = "1ms,10, 50ms,20, 250ms,1000000000";

  /// What Ratis adds around the bytes of an entry, generously.
  private static final int ENVELOPE_BYTES = 64 << 10;

  /// Segments in memory: the one that is written, and the one before it until it is applied and on
  /// its way to each member. Ratis keeps the entries of a segment until then, and what it keeps for
  /// long grows old on the heap. A member further behind is served from the files.
  private static final int SEGMENTS_IN_MEMORY = 2;

  /// A JVM that stood still for longer closes its server; the node then ends.
  private static final Duration CLOSE_AFTER = Duration.ofMinutes(1);

  // Less than half of a region of G1 with a small heap: larger arrays take two regions each.
  private static final int SNAPSHOT_CHUNK_BYTES = 256 << 10;

  private RatisSettings() {}

  static RaftProperties of(RatisConfig config) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new CommitTeller.Rpc());
    Path directory = config.directory().resolve(LOG_DIRECTORY);
    List<File> directories = List.of(directory.toFile());
    RaftServerConfigKeys.setStorageDir(properties, directories);
    RaftServerConfigKeys.setRemovedGroupsDir(
        properties, config.directory().resolve("removed").toFile());
    timeouts(properties, config);
    sizes(properties, config.limits());
    RaftServerConfigKeys.setCloseThreshold(properties, of(CLOSE_AFTER));
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false); // see CommitTeller
    RaftServerConfigKeys.Read.setOption(properties, Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    // Snapshots are counted in bytes, by us.
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    // By default a follower hands each append over twice before it reaches the log, and writes none
    // before the one in front of it is on the disk: each costs an fsync of its own then.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    return properties;
  }

  /// Gives each group its machine, and before that the settings that only a group reads.
  ///
  /// Ratis has one setting for two things. The server reads it first: after a pause of the JVM that
  /// is longer, its leaders step down. A node on its own would do so for nobody, and say of what it
  /// was writing that nobody knows: it leads on. Then each group: a leader that lost its quorum
  /// waits for so long before it stands again, by default 10 s.
  static StateMachine.Registry machines(
      RaftProperties properties, RatisConfig config, StateMachine machine) {
    return _ -> {
      stepDownAfter(properties, standAgain(config));
      return machine;
    };
  }

  private static void stepDownAfter(RaftProperties properties, Duration pause) {
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, of(pause));
  }

  private static Duration standAgain(RatisConfig config) {
    return config.electionMax().multipliedBy(2);
  }

  private static void timeouts(RaftProperties properties, RatisConfig config) {
    TimeDuration min = of(config.electionMin());
    TimeDuration max = of(config.electionMax());
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
    if (config.peers().size() == 1) {
      // Nobody to wait for.
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(5));
      RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(10));
    }
    stepDownAfter(properties, config.peers().size() == 1 ? CLOSE_AFTER : standAgain(config));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(3_000));
    RaftServerConfigKeys.setStagingTimeout(properties, millis(15_000));
    RaftServerConfigKeys.RetryCache.setExpiryTime(
        properties, of(config.proposeTimeout().plusSeconds(5)));
    RaftServerConfigKeys.Read.setTimeout(properties, of(config.proposeTimeout()));
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, millis(3_000));
  }

  private static int largestEntryBytes(LogLimits limits) {
    return Math.max(limits.maxCommandBytes(), limits.maxEntryBytes())
        + EntryCodec.HEADER_BYTES
        + EntryCodec.COMMAND_BYTES
        + ENVELOPE_BYTES;
  }

  // Only whole segments are purged, so that at least four of them go into what is applied between
  // snapshots, if the largest entry lets them.
  private static long segmentBytes(LogLimits limits) {
    return Math.max(
        limits.snapshotEveryBytes() / 4, (long) largestEntryBytes(limits) + ENVELOPE_BYTES);
  }

  /// The most of the log that is kept in memory, bytes.
  static long cacheBytes(LogLimits limits) {
    return SEGMENTS_IN_MEMORY * segmentBytes(limits);
  }

  private static void sizes(RaftProperties properties, LogLimits limits) {
    SizeInBytes appender = SizeInBytes.valueOf(largestEntryBytes(limits));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, appender);
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(appender.getSize() + 4096));
    SizeInBytes segment = SizeInBytes.valueOf(segmentBytes(limits));
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, segment);
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 0); // closed ones
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(
        properties, SizeInBytes.valueOf(cacheBytes(limits)));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf(1 << 20));
    SizeInBytes pending =
        SizeInBytes.valueOf(Math.max(limits.maxPendingBytes(), 2 * appender.getSize()));
    RaftServerConfigKeys.Log.setQueueByteLimit(properties, pending);
    RaftServerConfigKeys.Log.setQueueElementLimit(properties, 512);
    RaftServerConfigKeys.Write.setByteLimit(properties, pending);
    RaftServerConfigKeys.Write.setElementLimit(properties, 1024);
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, APPEND_RETRIES);
    // A chunk stays in memory until its time is over; see CheckpointIntake.
    // Ratis multiplies the time limit by the number of chunks that may be under way.
    GrpcConfigKeys.Server.setInstallSnapshotRequestElementLimit(
        properties, CheckpointIntake.CHUNKS_UNDER_WAY);
    GrpcConfigKeys.Server.setInstallSnapshotRequestTimeout(
        properties, millis(CheckpointIntake.TIMEOUT_MS / CheckpointIntake.CHUNKS_UNDER_WAY));
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        properties, SizeInBytes.valueOf(SNAPSHOT_CHUNK_BYTES));
    GrpcConfigKeys.setMessageSizeMax(
        properties, SizeInBytes.valueOf(appender.getSize() + (2 << 20)));
    GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf(4 << 20));
  }

  private static TimeDuration of(Duration duration) {
    return millis(duration.toMillis());
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }
}
