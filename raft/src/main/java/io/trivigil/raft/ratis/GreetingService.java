package io.trivigil.raft.ratis;

import io.trivigil.raft.ratis.Greeting.Answer;
import io.trivigil.raft.ratis.Greeting.Question;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.ConnectivityState;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallExecutorSupplier;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusRuntimeException;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientResponseObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Carries greetings over gRPC, beside Ratis' own services on the same port.
final class GreetingService implements AutoCloseable {
  private static final String SERVICE = "io.trivigil.raft.Greeting";
  private static final String WORD_SERVICE = "io.trivigil.raft.Sight";
  private static final long DEADLINE_MS = 2_000;
  private static final int MAX_BYTES = 64 << 10;

  private static final MethodDescriptor<byte[], byte[]> GREET =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "greet"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private static final Duration WORD_LIMIT = Duration.ofSeconds(1);
  private static final MethodDescriptor<byte[], byte[]> WORD =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName(MethodDescriptor.generateFullMethodName(WORD_SERVICE, "word"))
          .setRequestMarshaller(new Bytes())
          .setResponseMarshaller(new Bytes())
          .build();

  private static final MethodDescriptor<byte[], byte[]> WORDS =
      WordStreams.method(WORD_SERVICE, new Bytes());

  /// Answers a peer's word with this node's own; does not block.
  interface Words {
    byte[] answer(byte[] word) throws IOException;
  }

  private final PortContexts contexts;
  private final long wordLimitMs;
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
  private final Set<String> watched = ConcurrentHashMap.newKeySet();
  private volatile Consumer<RatisConfig.Peer> lost = _ -> {};

  GreetingService(PortContexts contexts) {
    this(contexts, WORD_LIMIT);
  }

  /// @param wordLimit how long a peer may take for its word
  GreetingService(PortContexts contexts, Duration wordLimit) {
    this.contexts = contexts;
    this.wordLimitMs = wordLimit.toMillis();
  }

  long wordLimitMs() {
    return wordLimitMs;
  }

  /// Adds what answers peers to the port. Words are answered by the thread that reads them: it
  /// takes less than to wake another.
  static NettyServerBuilder addTo(
      NettyServerBuilder builder, Function<Question, Answer> answerer, Words words) {
    return builder
        .addService(definition(answerer))
        .addService(words(words))
        .callExecutor(
            new ServerCallExecutorSupplier() {
              @Override
              public <Q, R> @Nullable Executor getExecutor(ServerCall<Q, R> call, Metadata head) {
                boolean word = WORD_SERVICE.equals(call.getMethodDescriptor().getServiceName());
                return word ? Runnable::run : null; // the server's own
              }
            });
  }

  /// The service that answers with what `answerer` says.
  private static ServerServiceDefinition definition(Function<Question, Answer> answerer) {
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

  /// The service that exchanges words.
  private static ServerServiceDefinition words(Words words) {
    return ServerServiceDefinition.builder(WORD_SERVICE)
        .addMethod(
            WORD,
            ServerCalls.asyncUnaryCall(
                (request, observer) -> {
                  try {
                    observer.onNext(words.answer(request));
                    observer.onCompleted();
                  } catch (IOException | RuntimeException e) {
                    observer.onError(
                        Status.INVALID_ARGUMENT.withDescription(e.toString()).asException());
                  }
                }))
        .addMethod(WORDS, WordStreams.answering(words))
        .build();
  }

  /// Opens a stream of words; its answers come on the threads that read them.
  void openWords(RatisConfig.Peer peer, ClientResponseObserver<byte[], byte[]> answers) {
    ManagedChannel channel = channel(peer);
    channel.resetConnectBackoff(); // we pace ourselves
    CallOptions options = CallOptions.DEFAULT.withExecutor(Runnable::run);
    var _ = ClientCalls.asyncBidiStreamingCall(channel.newCall(WORDS, options), answers);
  }

  /// Exchanges words with one node; does not block. Fails where it takes too long.
  CompletableFuture<byte[]> word(RatisConfig.Peer peer, byte[] word) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    ManagedChannel channel = channel(peer);
    channel.resetConnectBackoff(); // we pace ourselves
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(wordLimitMs, TimeUnit.MILLISECONDS);
    ClientCalls.asyncUnaryCall(
        channel.newCall(WORD, options),
        word,
        new StreamObserver<byte[]>() {
          @Override
          public void onNext(byte[] value) {
            watch(peer);
            answer.complete(value);
          }

          @Override
          public void onError(Throwable reason) {
            answer.completeExceptionally(reason);
          }

          @Override
          public void onCompleted() {
            answer.completeExceptionally(new IOException("no word")); // or it has come already
          }
        });
    return answer;
  }

  /// Tells from now on when the connection to a peer that has given its word breaks, on a thread of
  /// gRPC's. It may be told though nothing is broken.
  void onLost(Consumer<RatisConfig.Peer> listener) {
    lost = listener;
  }

  /// A peer has given its word: tells if its connection breaks.
  void watch(RatisConfig.Peer peer) {
    if (watched.add(peer.address())) {
      channel(peer)
          .notifyWhenStateChanged(
              ConnectivityState.READY,
              () -> {
                watched.remove(peer.address());
                lost.accept(peer);
              });
    }
  }

  private ManagedChannel channel(RatisConfig.Peer peer) {
    return channels.computeIfAbsent(
        peer.address(),
        _ ->
            contexts
                .secure(NettyChannelBuilder.forAddress(peer.host(), peer.port()))
                .maxInboundMessageSize(MAX_BYTES)
                .build());
  }

  /// Asks one node; blocks, at most for the deadline.
  Answer ask(RatisConfig.Peer peer, Question question) throws IOException {
    ManagedChannel channel = channel(peer);
    try {
      CallOptions options =
          CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_MS, TimeUnit.MILLISECONDS);
      channel.resetConnectBackoff(); // we pace ourselves
      byte[] answer =
          ClientCalls.blockingUnaryCall(channel, GREET, options, Greeting.encode(question));
      return Greeting.decodeAnswer(answer);
    } catch (StatusRuntimeException e) {
      for (Throwable each = e.getCause(); each != null; each = each.getCause()) {
        if (each instanceof SSLException) {
          contexts.doorkeeper().callFailed(peer.address(), String.valueOf(each.getMessage()));
          break;
        }
      }
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
