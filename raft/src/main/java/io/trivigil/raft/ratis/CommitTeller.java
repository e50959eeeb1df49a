package io.trivigil.raft.ratis;

import java.time.Duration;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/// Sends the log to one follower, and tells it of a commit soon.
///
/// With an entry Ratis sends what was committed before it. Of its own commit a follower hears with
/// the next entry, or with the next heartbeat, 150 ms later. Ratis' remedy is an entry of its own
/// behind each commit: one more message to each follower and one more fsync on each node for every
/// entry. Here a heartbeat goes out instead, and only if no entry has told of the commit within
/// [#TELL_AFTER].
///
/// Confined to the appender's own thread, but for what Ratis guards itself.
final class CommitTeller extends GrpcLogAppender {
  /// How long a commit waits for an entry that tells of it.
  static final Duration TELL_AFTER = Duration.ofMillis(3);

  /// Ratis' gRPC, with this class for each follower; Ratis makes it by its name.
  static final class Rpc implements RpcType {
    @Override
    public String name() {
      return Rpc.class.getName();
    }

    @Override
    public RpcFactory newFactory(Parameters parameters) {
      return new GrpcFactory(parameters) {
        @Override
        public LogAppender newLogAppender(
            RaftServer.Division server, LeaderState state, FollowerInfo follower) {
          return new CommitTeller(server, state, follower);
        }
      };
    }
  }

  private long told = RaftLog.INVALID_LOG_INDEX; // what the last message proved to be committed
  private @Nullable Timestamp untoldSince;

  private CommitTeller(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
    super(server, state, follower);
  }

  @Override
  public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
    boolean tells = request != null && (request.hasPreviousLog() || request.getEntriesCount() > 0);
    if (request == null && tellInMs() == 0) {
      request = super.newAppendEntriesRequest(callId, true);
      tells = request != null; // if it proves nothing, the next one would not either
    }
    if (request != null && tells) {
      told = Math.max(told, request.getLeaderCommit());
      untoldSince = null;
    }
    return request;
  }

  /// Ratis wakes this thread behind each commit and each answer, and then waits for so long.
  @Override
  public long getWaitTimeMs() {
    return Math.min(super.getWaitTimeMs(), tellInMs());
  }

  /// In how many ms the follower is to be told; for ever if there is nothing to tell, or if it has
  /// not answered yet: its answer wakes this thread, and before it a heartbeat proves nothing.
  private long tellInMs() {
    long committed =
        Math.min(getRaftLog().getLastCommittedIndex(), getFollower().getNextIndex() - 1);
    if (committed <= Math.max(told, getFollower().getCommitIndex()) || hasPendingDataRequests()) {
      untoldSince = null;
      return Long.MAX_VALUE;
    }
    Timestamp since = untoldSince;
    if (since == null) {
      since = Timestamp.currentTime();
      untoldSince = since;
    }
    return Math.max(0, TELL_AFTER.toMillis() - since.elapsedTimeMs());
  }
}
