package io.trivigil.raft.ratis;

import java.util.function.BiPredicate;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Grpc;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// Refuses what is meant for another incarnation of this node.
///
/// Ratis finds the server by address and looks at the group alone. After a node lost its directory
/// its new incarnation listens at the old one's address, and would vote, and acknowledge entries,
/// in the old one's name: the votes and entries that the old one gave would count for nothing.
final class IncarnationGuard implements ServerInterceptor {
  private final ByteString self;
  private final Doorkeeper doorkeeper;
  private final BiPredicate<String, String> link;

  /// @param link whether a message from the first peer reaches the second; always so outside tests
  IncarnationGuard(String peerId, Doorkeeper doorkeeper, BiPredicate<String, String> link) {
    this.self = ByteString.copyFromUtf8(peerId);
    this.doorkeeper = doorkeeper;
    this.link = link;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    return new SimpleForwardingServerCallListener<Q>(next.startCall(call, headers)) {
      private boolean refused;
      private boolean lost;

      @Override
      public void onMessage(Q message) {
        ByteString meantFor = meantFor(message);
        if (refused || (meantFor != null && !meantFor.equals(self))) {
          if (!refused) {
            refused = true;
            String reason = "meant for %s, this is %s".formatted(text(meantFor), text(self));
            doorkeeper.refused(
                call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
                Refusal.OTHER_INCARNATION,
                reason);
            call.close(Status.FAILED_PRECONDITION.withDescription(reason), new Metadata());
          }
          return;
        }
        RaftRpcRequestProto request = request(message);
        if (request != null && !link.test(request.getRequestorId().toStringUtf8(), text(self))) {
          lost = true;
          call.request(1);
        } else if (lost) { // a stream has no holes: what was cut off begins anew
          refused = true;
          call.close(Status.UNAVAILABLE.withDescription("the link was cut"), new Metadata());
        } else {
          super.onMessage(message);
        }
      }

      @Override
      public void onHalfClose() {
        if (!refused) {
          super.onHalfClose();
        }
      }
    };
  }

  private static String text(@Nullable ByteString peerId) {
    return peerId == null ? "nobody" : peerId.toStringUtf8();
  }

  private static @Nullable ByteString meantFor(Object message) {
    RaftRpcRequestProto request = request(message);
    return request == null ? null : request.getReplyId();
  }

  private static @Nullable RaftRpcRequestProto request(Object message) {
    return switch (message) {
      case AppendEntriesRequestProto m -> m.getServerRequest();
      case RequestVoteRequestProto m -> m.getServerRequest();
      case InstallSnapshotRequestProto m -> m.getServerRequest();
      case StartLeaderElectionRequestProto m -> m.getServerRequest();
      case ReadIndexRequestProto m -> m.getServerRequest();
      default -> null; // clients, and our greetings
    };
  }
}
