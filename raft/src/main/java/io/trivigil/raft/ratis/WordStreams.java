package io.trivigil.raft.ratis;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientCallStreamObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ClientResponseObserver;
import org.apache.ratis.thirdparty.io.grpc.stub.ServerCalls;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Carries the words that nodes exchange twice a second: one stream for each peer, in which each
/// question is answered before the next is asked. A call for each of them costs several times as
/// much, and was most of what a node did that had nothing to do.
///
/// A peer of an older version does not know the stream; it is asked by calls then.
///
/// Confined to the one thread that asks; answers come on gRPC's threads.
final class WordStreams implements Sight.Wire {
  /// How often a peer that did not know the stream is asked by calls before it is tried again.
  static final int CALLS_BEFORE_NEXT_TRY = 120;

  private final GreetingService greetings;
  private final Map<String, Line> lines = new HashMap<>(); // by address
  private final Map<String, Integer> callsLeft = new HashMap<>(); // by address

  WordStreams(GreetingService greetings) {
    this.greetings = greetings;
  }

  static MethodDescriptor<byte[], byte[]> method(
      String service, MethodDescriptor.Marshaller<byte[]> bytes) {
    return MethodDescriptor.<byte[], byte[]>newBuilder()
        .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, "words"))
        .setRequestMarshaller(bytes)
        .setResponseMarshaller(bytes)
        .build();
  }

  /// Answers each word of a stream with this node's own; ends the stream where it can not.
  static ServerCallHandler<byte[], byte[]> answering(GreetingService.Words words) {
    return ServerCalls.asyncBidiStreamingCall(
        answers ->
            new StreamObserver<byte[]>() {
              private boolean over;

              @Override
              public void onNext(byte[] question) {
                if (over) {
                  return;
                }
                try {
                  answers.onNext(words.answer(question));
                } catch (IOException | RuntimeException e) {
                  over = true;
                  answers.onError(
                      Status.INVALID_ARGUMENT.withDescription(e.toString()).asException());
                }
              }

              @Override
              public void onError(Throwable reason) {
                over = true;
              }

              @Override
              public void onCompleted() {
                if (!over) {
                  over = true;
                  answers.onCompleted();
                }
              }
            });
  }

  /// Asks once, by a call; for whoever wants to know by how it fails what became of the peer.
  @Override
  public CompletableFuture<byte[]> ask(RatisConfig.Peer peer, byte[] word) {
    return greetings.word(peer, word);
  }

  /// Asks in the peer's stream, and opens one where there is none; fails where the answer takes too
  /// long, and the stream with it.
  @Override
  public CompletableFuture<byte[]> askAgain(RatisConfig.Peer peer, byte[] word) {
    String address = peer.address();
    Line line = lines.get(address);
    if (line != null && line.unknown) {
      lines.remove(address);
      callsLeft.put(address, CALLS_BEFORE_NEXT_TRY);
      line = null;
    }
    int left = callsLeft.getOrDefault(address, 0);
    if (left > 0) {
      callsLeft.put(address, left - 1);
      return ask(peer, word);
    }
    if (line == null || line.over) {
      line = new Line(greetings.wordLimitMs(), () -> greetings.watch(peer));
      lines.put(address, line);
      greetings.openWords(peer, line);
    }
    Line asked = line;
    return asked
        .ask(word)
        .exceptionallyCompose(
            failure -> asked.unknown ? ask(peer, word) : CompletableFuture.failedFuture(failure));
  }

  /// One stream; asked by one thread, answered on gRPC's.
  private static final class Line implements ClientResponseObserver<byte[], byte[]> {
    private final long limitMs;
    private final Runnable answered;
    private volatile boolean over;
    private volatile boolean unknown; // to the peer
    private volatile @Nullable ClientCallStreamObserver<byte[]> questions;
    private volatile @Nullable CompletableFuture<byte[]> asked;

    Line(long limitMs, Runnable answered) {
      this.limitMs = limitMs;
      this.answered = answered;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<byte[]> stream) {
      questions = stream;
    }

    CompletableFuture<byte[]> ask(byte[] word) {
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      asked = answer;
      ClientCallStreamObserver<byte[]> to = questions;
      if (over || to == null) { // it ended meanwhile, and perhaps did not see this question
        answer.completeExceptionally(new IOException("the stream of words has ended"));
        return answer;
      }
      try {
        to.onNext(word);
      } catch (IllegalStateException e) { // as above
        answer.completeExceptionally(e);
      }
      var _ =
          answer
              .orTimeout(limitMs, TimeUnit.MILLISECONDS)
              .whenComplete(
                  (_, failure) -> {
                    if (failure != null) { // a late answer would be taken for that to the next
                      over = true;
                      to.cancel("no answer", failure);
                    }
                  });
      return answer;
    }

    @Override
    public void onNext(byte[] word) {
      CompletableFuture<byte[]> answer = asked;
      asked = null;
      answered.run();
      if (answer != null) {
        answer.complete(word);
      }
    }

    @Override
    public void onError(Throwable reason) {
      unknown = Status.fromThrowable(reason).getCode() == Status.Code.UNIMPLEMENTED;
      over = true;
      CompletableFuture<byte[]> answer = asked;
      if (answer != null) {
        answer.completeExceptionally(reason);
      }
    }

    @Override
    public void onCompleted() {
      onError(new IOException("the peer has ended the stream of words"));
    }
  }
}
