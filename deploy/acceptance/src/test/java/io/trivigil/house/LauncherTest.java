package io.trivigil.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher in a distribution of empty jars, with a JVM that says how it was started, and a
/// training that writes down what it was called with.
class LauncherTest {
  private static final Path ROOT =
      Path.of(System.getProperty("trivigil.root", "../..")).toAbsolutePath().normalize();
  private static final String SAYS_ITS_CLASS_PATH = "echo \"$CLASSPATH\"";
  private static final String SAYS_ITS_CACHE =
      "for flag; do case $flag in -XX:AOTCache=*) echo \"${flag##*/}\" ;; esac; done";
  private static final String ALONE = ".*-alone\\.aot";
  private static final String MEMBER = ".*-member\\.aot";

  @TempDir private Path home;

  @BeforeEach
  void lay() throws IOException {
    Path launcher = Files.createDirectories(home.resolve("bin")).resolve("trivigil");
    Files.copy(ROOT.resolve("trivigil"), launcher);
    jar("trivigil-model-1.jar");
    release("25.0.1");
    program("libexec/train", "echo trained >\"$3\"");
  }

  /// A class of ours stands for one of Ratis' by coming first (docs/adr/0023), whatever the names.
  @Test
  void ourJarsComeFirstOnTheClassPathAndAllAreOnIt() throws Exception {
    List<String> ours = List.of("trivigil-model-1.jar", "trivigil-raft-1.jar");
    List<String> theirs = List.of("a b.jar", "ratis-common-3.jar", "zz-trivigil-1.jar");
    for (String jar : theirs) {
      jar(jar);
    }
    jar("trivigil-raft-1.jar");
    java(SAYS_ITS_CLASS_PATH);
    assertThat(List.of(run("server").strip().split(":")))
        .containsExactlyElementsOf(
            Stream.concat(ours.stream(), theirs.stream())
                .map(jar -> home.resolve("lib").resolve(jar).toString())
                .toList());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--cluster.peers=n1=h1:9095,n2=h2:9095",
        "--cluster.node-id=n2 --cluster.peers n1=h1:9095,n2=h2:9095 --web.enable-lifecycle",
        "--cluster.peers=n1=h1:9095 --cluster.peers=n2=h2:9095",
        "--cluster.peers=n1=h1:9095,n4=h4:9095 --cluster.join"
      })
  void aServerWithSeveralPeersTakesTheCacheOfMembers(String flags) throws Exception {
    run("train");
    java(SAYS_ITS_CACHE);
    assertThat(run("server " + flags).strip()).matches(MEMBER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--cluster.peers=",
        "--cluster.peers=n1=h1:9095",
        "--cluster.peers n1=h1:9095,",
        "--cluster.urls=n1=http://h1,n2=http://h2"
      })
  void aServerWithNoPeerButItselfTakesTheCacheOfOneAlone(String flags) throws Exception {
    run("train");
    java(SAYS_ITS_CACHE);
    assertThat(run("server " + flags).strip()).matches(ALONE);
  }

  @Test
  void aMissingCacheHasTheOtherInItsPlace() throws Exception {
    run("train member");
    java(SAYS_ITS_CACHE);
    assertThat(run("server").strip()).matches(MEMBER);
    assertThat(run("server --cluster.peers=n1=h1:9095,n2=h2:9095").strip()).matches(MEMBER);
    Files.delete(cache(MEMBER));
    run("train alone");
    assertThat(run("server").strip()).matches(ALONE);
    assertThat(run("server --cluster.peers=n1=h1:9095,n2=h2:9095").strip()).matches(ALONE);
  }

  @Test
  void aShortCommandTakesNone() throws Exception {
    run("train");
    java(SAYS_ITS_CACHE);
    assertThat(run("up")).isEmpty();
    assertThat(run("status")).isEmpty();
  }

  @Test
  void cachesOfAnotherJvmOrOfOtherJarsAreNotTaken() throws Exception {
    run("train");
    java(SAYS_ITS_CACHE);
    release("25.0.2");
    assertThat(run("server")).isEmpty();
    release("25.0.1");
    assertThat(run("server").strip()).matches(ALONE);
    jar("new.jar");
    assertThat(run("server")).isEmpty();
  }

  @Test
  void whatIsMadeNextSweepsAwayCachesOfAnotherJvmButNotTheOtherOfItsOwn() throws Exception {
    run("train");
    List<Path> before = caches();
    assertThat(before).hasSize(2);
    release("25.0.2");
    run("train alone");
    assertThat(caches()).singleElement().asString().matches(ALONE);
    run("train member");
    assertThat(caches()).hasSize(2).doesNotContainAnyElementsOf(before);
  }

  @Test
  void aTrainingThatMakesNothingSweepsNothingAway() throws Exception {
    run("train");
    List<Path> before = caches();
    release("25.0.2");
    program("libexec/train", "exit 0"); // another trains
    run("train");
    program("libexec/train", "exit 1");
    assertThat(end("train")).isEqualTo(1);
    assertThat(caches()).isEqualTo(before);
  }

  @Test
  void whatIsThereIsNotMadeAgain() throws Exception {
    run("train alone");
    Path alone = cache(ALONE);
    Files.writeString(alone, "made before");
    run("train");
    assertThat(alone).hasContent("made before");
    assertThat(cache(MEMBER)).hasContent("trained");
    assertThat(end("train crowd")).isEqualTo(2);
  }

  /// What is missing is made behind a start, at leisure: here at once.
  @ParameterizedTest
  @ValueSource(strings = {"up", "up --nodes 2 --dir x", "server --cluster.peers=a=h:1,b=h:2"})
  void aClusterOfSeveralHasTheCacheOfMembersMade(String command) throws Exception {
    assertThat(madeBehind(command)).matches(MEMBER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"up --nodes=1", "up --nodes 1 -- --cluster.peers=a=h:1,b=h:2", "server"})
  void aNodeAloneHasItsOwnMade(String command) throws Exception {
    assertThat(madeBehind(command)).matches(ALONE);
  }

  private String madeBehind(String command) throws IOException, InterruptedException {
    program("tools/sleep", "exit 0");
    program("tools/nice", "shift 2; exec \"$@\"");
    program("tools/chrt", "shift 2; exec \"$@\"");
    // As long as this lives, the training is wanted.
    java(
        """
        cd '%s/aot' && i=0
        until [ -n "$(ls)" ] || [ $i = 2000 ]; do /bin/sleep 0.05; i=$((i + 1)); done
        ls"""
            .formatted(home));
    return run(command).strip();
  }

  private List<Path> caches() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("aot"))) {
      return files.sorted().toList();
    }
  }

  private Path cache(String name) throws IOException {
    return caches().stream()
        .filter(file -> file.getFileName().toString().matches(name))
        .findFirst()
        .orElseThrow();
  }

  private void jar(String name) throws IOException {
    Files.createFile(Files.createDirectories(home.resolve("lib")).resolve(name));
  }

  private void release(String version) throws IOException {
    Files.writeString(
        Files.createDirectories(home.resolve("jdk")).resolve("release"),
        "JAVA_VERSION=\"%s\"\n".formatted(version));
  }

  private void java(String script) throws IOException {
    program("jdk/bin/java", script);
  }

  private void program(String name, String script) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private String run(String command) throws IOException, InterruptedException {
    Process process = start(command);
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private int end(String command) throws IOException, InterruptedException {
    Process process = start(command);
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  private Process start(String command) throws IOException {
    if (!Files.exists(home.resolve("jdk/bin/java"))) {
      java("exit 3");
    }
    List<String> line =
        Stream.concat(
                Stream.of("bash", home.resolve("bin/trivigil").toString()),
                Stream.of(command.split(" ")).filter(word -> !word.isEmpty()))
            .toList();
    ProcessBuilder start = new ProcessBuilder(line).redirectErrorStream(true);
    start.environment().put("TRIVIGIL_JAVA", home.resolve("jdk").toString());
    start.environment().remove("TRIVIGIL_AOT");
    start.environment().remove("TRIVIGIL_SUPERVISED");
    start
        .environment()
        .merge("PATH", home.resolve("tools").toString(), (path, tools) -> tools + ":" + path);
    return start.start();
  }
}
