package io.trivigil.raft.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.junit.jupiter.api.Test;

class CommitBoundTest {
  private static AppendEntriesRequestProto.Builder request(long leaderCommit, long... entries) {
    AppendEntriesRequestProto.Builder request =
        AppendEntriesRequestProto.newBuilder().setLeaderTerm(5).setLeaderCommit(leaderCommit);
    for (long index : entries) {
      request.addEntries(LogEntryProto.newBuilder().setTerm(5).setIndex(index));
    }
    return request;
  }

  @Test
  void aHeartbeatThatNamesNoEntryProvesNothing() {
    assertThat(CommitBound.bounded(request(0).build()).getLeaderCommit()).isEqualTo(-1);
    AppendEntriesRequestProto nothing = request(-1).build();
    assertThat(CommitBound.bounded(nothing)).isSameAs(nothing);
  }

  @Test
  void firstEntriesProveThemselves() {
    AppendEntriesRequestProto more = request(2, 0, 1).build();
    assertThat(CommitBound.bounded(more)).isEqualTo(more.toBuilder().setLeaderCommit(1).build());
    AppendEntriesRequestProto all = request(1, 0, 1).build();
    assertThat(CommitBound.bounded(all)).isSameAs(all);
  }

  @Test
  void whatNamesTheEntryBeforeItStaysAsItIs() {
    AppendEntriesRequestProto heartbeat =
        request(7).setPreviousLog(TermIndexProto.newBuilder().setTerm(2).setIndex(7)).build();
    assertThat(CommitBound.bounded(heartbeat)).isSameAs(heartbeat);
  }

  @Test
  void itStandsBeforeTheServer() {
    RequestVoteRequestProto vote = RequestVoteRequestProto.getDefaultInstance();
    List<Object> taken = new ArrayList<>();
    ServerCall.Listener<Object> listener =
        new CommitBound()
            .interceptCall(
                new Call(),
                new Metadata(),
                (_, _) ->
                    new ServerCall.Listener<>() {
                      @Override
                      public void onMessage(Object message) {
                        taken.add(message);
                      }
                    });
    listener.onMessage(request(0).build());
    listener.onMessage(vote);
    assertThat(taken).containsExactly(request(-1).build(), vote);
  }

  /// One that is never used.
  private static final class Call extends ServerCall<Object, Object> {
    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(Object message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, Object> getMethodDescriptor() {
      throw new UnsupportedOperationException("not asked for");
    }
  }
}
