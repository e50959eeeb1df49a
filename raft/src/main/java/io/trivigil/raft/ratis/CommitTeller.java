package io.trivigil.raft.ratis;

import org.apache.ratis.conf.Parameters;
import org.apache.ratis.grpc.GrpcFactory;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.rpc.RpcFactory;
import org.apache.ratis.rpc.RpcType;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppender;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;

/// Sends the log to one follower, tells it of a commit soon, and sends again what it may not have.
///
/// With an entry Ratis sends what was committed before it. Of its own commit a follower hears with
/// the next entry, or with the next heartbeat, 150 ms later. Ratis' remedy is an entry of its own
/// behind each commit: one more message to each follower and one more fsync on each node for every
/// entry. Here a heartbeat goes out instead, and only if no entry has told of the commit within
/// some milliseconds ([Untold]).
///
/// Where a stream breaks Ratis forgets what was sent on it, and takes it for arrived. Of entries
/// that did not arrive a follower tells with the next heartbeat. But those that did, and whose
/// answer was lost, count for nothing until there is another entry; a new leader whose first entry
/// that is takes none, and never becomes ready, where no other follower is there. So the last entry
/// is sent again to a follower that answers, and has acknowledged less.
///
/// Confined to the appender's own thread, but for what Ratis guards itself.
final class CommitTeller extends GrpcLogAppender {
  private static final String PROPOSER = "trivigil.proposer";

  /// A follower answers if it did so within this time: several heartbeats.
  private static final long ANSWERS_MS = 500;

  /// Says by which client this node proposes to itself; its entries are told of later.
  static void proposer(Parameters parameters, ClientId client) {
    parameters.put(PROPOSER, client, ClientId.class);
  }

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
          return new CommitTeller(server, state, follower, parameters);
        }
      };
    }
  }

  private final Parameters parameters;
  private final Untold untold;
  private final Timestamp start = Timestamp.currentTime();

  private CommitTeller(
      RaftServer.Division server, LeaderState state, FollowerInfo follower, Parameters parameters) {
    super(server, state, follower);
    this.parameters = parameters;
    this.untold = new Untold(getRaftLog().getNextIndex() - 1);
  }

  @Override
  public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
      throws RaftLogIOException {
    if (isForgotten(
        getRaftLog().getNextIndex(),
        getFollower().getNextIndex(),
        getFollower().getMatchIndex(),
        hasPendingDataRequests(),
        getFollower().getLastRpcResponseTime().elapsedTimeMs())) {
      getFollower().computeNextIndex(next -> next - 1); // Ratis holds its lock
    }
    AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
    boolean tells = request != null && (request.hasPreviousLog() || request.getEntriesCount() > 0);
    if (request == null && tellInMs() == 0) {
      request = super.newAppendEntriesRequest(callId, true);
      tells = request != null; // if it proves nothing, the next one would not either
    }
    if (request != null) {
      request.getEntriesList().forEach(this::look);
    }
    if (request != null && tells) {
      untold.told(request.getLeaderCommit());
    }
    return request;
  }

  /// Whether the last entry counts as sent, but neither is it acknowledged nor does anybody wait
  /// for that.
  ///
  /// @param logNext behind the last entry of the log
  /// @param next what the follower is to get next
  /// @param match up to where it has acknowledged
  /// @param pending whether something sent waits for its answer
  /// @param silentMs how long ago it answered anything
  static boolean isForgotten(long logNext, long next, long match, boolean pending, long silentMs) {
    return next == logNext && next > 0 && match < next - 1 && !pending && silentMs <= ANSWERS_MS;
  }

  private void look(LogEntryProto entry) {
    ClientId own = parameters.get(PROPOSER, ClientId.class);
    if (entry.hasStateMachineLogEntry()
        && (own == null
            || !own.toByteString().equals(entry.getStateMachineLogEntry().getClientId()))) {
      untold.brought(entry.getIndex());
    }
  }

  /// Ratis wakes this thread behind each commit and each answer, and then waits for so long.
  @Override
  public long getWaitTimeMs() {
    return Math.min(super.getWaitTimeMs(), tellInMs());
  }

  /// In how many ms the follower is to be told; for ever if there is nothing to tell, or if it has
  /// not answered yet: its answer wakes this thread, and before it a heartbeat proves nothing.
  private long tellInMs() {
    if (hasPendingDataRequests()) {
      untold.notYet();
      return Long.MAX_VALUE;
    }
    long committed =
        Math.min(getRaftLog().getLastCommittedIndex(), getFollower().getNextIndex() - 1);
    return untold.dueInMs(committed, getFollower().getCommitIndex(), start.elapsedTimeMs());
  }
}
