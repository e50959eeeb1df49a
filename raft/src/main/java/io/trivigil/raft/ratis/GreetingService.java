package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;

/// Carries greetings over gRPC, beside Ratis' own services on the same port.
final class GreetingService implements AutoCloseable {
  private static final String SERVICE = "io.trivigil.raft.Greeting";
  private static final long DEADLINE_MS = 2_000;
  private static final int MAX_BYTES = 64 << 10;

  private static final MethodDescriptor<byte[], byte[]> GREET =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "greet"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  /// The service that answers with what `answerer` says.
  static ServerServiceDefinition definition(Function<Question, Answer> answerer) {
    return ServerServiceDefinition.builder(SERVICE)
        .addMethod(
            GREET,
            ServerCalls.asyncUnaryCall(
                (request, observer) -> {
                  try {
                    Answer answer = answerer.apply(Greeting.decodeQuestion(request));
                    observer.onNext(Greeting.encode(answer));
                    observer.onCompleted();
                  } catch (IOException | RuntimeException e) {
                    observer.onError(
                        Status.INVALID_ARGUMENT.withDescription(e.toString()).asException());
                  }
                }))
        .build();
  }

  /// Asks one node; blocks, at most for the deadline.
  Answer ask(RatisConfig.Peer peer, Question question) throws IOException {
    ManagedChannel channel =
        channels.computeIfAbsent(
            peer.address(),
            _ ->
                NettyChannelBuilder.forAddress(peer.host(), peer.port())
                    .usePlaintext()
                    .maxInboundMessageSize(MAX_BYTES)
                    .build());
    try {
      CallOptions options =
          CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_MS, TimeUnit.MILLISECONDS);
      channel.resetConnectBackoff(); // we pace ourselves
      byte[] answer =
          ClientCalls.blockingUnaryCall(channel, GREET, options, Greeting.encode(question));
      return Greeting.decodeAnswer(answer);
    } catch (StatusRuntimeException e) {
      throw new IOException("%s does not answer: %s".formatted(peer.id(), e.getStatus()), e);
    }
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }

  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
