package io.trivigil.raft.ratis;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/// Lets a leader's word on what is committed count only as far as its message proves it.
///
/// A message of Ratis 3.3 that names no entry before its own says of the entry behind its last that
/// it is committed; a heartbeat does so of entry 0. The taker believes it of whatever entry it has
/// there. Where a first election is contested, entry 0 may be of a leader that nobody followed, and
/// then no entry ever fits again: the true entry 0 "exists already", and the one after it is
/// refused since entry 0 is of another term. Such a node would stay outside its cluster for good.
///
/// Stateless, on gRPC's threads.
final class CommitBound implements ServerInterceptor {
  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {
      @Override
      @SuppressWarnings("unchecked") // a message of the type that it takes the place of
      public void onMessage(Q message) {
        super.onMessage(
            message instanceof AppendEntriesRequestProto request ? (Q) bounded(request) : message);
      }
    };
  }

  /// The message with what it proves to be committed, at most.
  static AppendEntriesRequestProto bounded(AppendEntriesRequestProto request) {
    if (request.hasPreviousLog()) {
      return request;
    }
    int count = request.getEntriesCount();
    long proved = count == 0 ? RaftLog.INVALID_LOG_INDEX : request.getEntries(count - 1).getIndex();
    return request.getLeaderCommit() <= proved
        ? request
        : request.toBuilder().setLeaderCommit(proved).build();
  }
}
