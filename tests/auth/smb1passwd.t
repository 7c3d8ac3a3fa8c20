#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""smb1passwd at standard input and at a terminal. Prints TAP."""
import os
import pty
import shutil
import stat
import subprocess
import sys
import tempfile
import termios
import time

PROGRAM = os.path.join(os.environ.get("builddir", "."), "smb1passwd")
NT_OF_PASSWORD = "A4F49C406510BDCAB6824EE7C30FD852"
LM_OF_PASSWORD = "E52CAC67419A9A224A3B108F3FA6CB6D"


class Scene:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix="smb1d-passwd-", dir="/tmp")
        self.file = os.path.join(self.dir, "passwords")

    def run(self, *args, stdin=b"", file=None):
        done = subprocess.run([PROGRAM, "-f", file or self.file, *args], input=stdin, capture_output=True, timeout=30)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    def text(self):
        with open(self.file) as f:
            return f.read()

    def at_terminal(self, *args, answers):
        """Answers each prompt as it comes; what the terminal showed, and the exit status."""
        pid, fd = pty.fork()
        if pid == 0:
            os.execv(PROGRAM, [PROGRAM, "-f", self.file, *args])
        shown = b""
        for answer in [*answers, None]:
            while True:
                try:
                    piece = os.read(fd, 1000)
                except OSError:
                    piece = b""
                shown += piece
                if not piece or (answer is not None and shown.endswith(b": ")):
                    break
            if answer is None or not piece:
                break
            while termios.tcgetattr(fd)[3] & termios.ECHO:
                time.sleep(0.01)
            os.write(fd, answer)
        status = os.waitpid(pid, 0)[1]
        os.close(fd)
        return os.waitstatus_to_exitcode(status), shown.decode()


def life_of_an_account(s):
    assert s.run("add", "daemon", stdin=b"Password\n")[0] == 0
    assert s.text().startswith("daemon:1:" + 32 * "X" + ":" + NT_OF_PASSWORD + ":[U          ]:LCT-"), s.text()
    assert stat.S_IMODE(os.stat(s.file).st_mode) == 0o600
    assert os.listdir(s.dir) == ["passwords"]
    assert s.run("check", "DAEMON", stdin=b"Password\n") == (0, "right\n")
    assert s.run("check", "daemon", stdin=b"password\n") == (1, "wrong\n")
    assert s.run("passwd", "daemon", stdin=b"other\n")[0] == 0
    assert s.run("check", "daemon", stdin=b"other\n")[0] == 0
    assert s.run("disable", "daemon")[0] == 0
    assert s.run("list") == (0, "daemon\tuid 1, disabled\n")
    assert s.run("check", "daemon", stdin=b"other\n") == (0, "right, but the account is disabled\n")
    assert s.run("enable", "daemon")[0] == 0
    assert s.run("list") == (0, "daemon\tuid 1\n")
    assert s.run("del", "daemon")[0] == 0
    assert s.run("list") == (0, "")
    assert s.text() == ""


def lm_hash_is_stored_when_asked(s):
    status, said = s.run("--lm", "add", "daemon", stdin=b"Password\n")
    assert status == 0 and "LM hash" in said, said
    assert LM_OF_PASSWORD in s.text()
    status, said = s.run("--lm", "passwd", "daemon", stdin=b"longer than fourteen\n")
    assert status == 0 and "longer than 14" in said, said
    assert LM_OF_PASSWORD not in s.text()


def passwords_are_taken_as_they_come(s):
    for text in (b"no newline", b"carriage return\r\n", "gr\u00fc\u00df".encode() + b"\n", b" blanks \n"):
        s.run("del", "a")
        assert s.run("add", "a", stdin=text)[0] == 0, text
        assert s.run("check", "a", stdin=text.rstrip(b"\r\n") + b"\n")[0] == 0, text


def bad_passwords_are_refused(s):
    for text, word in ((b"", "at its end"), (b"\n", "empty"), (b"\xff\xfe\n", "UTF-8"), (b"a\0b\n", "NUL"), (300 * b"x", "256")):
        status, said = s.run("add", "a", stdin=text)
        assert status == 1 and word in said, said
        assert not os.path.exists(s.file)


def mistakes_are_named(s):
    for args, word in ((("passwd", "a"), "add NAME"), (("list",), "add NAME")):
        status, said = s.run(*args)
        assert status == 1 and s.file in said and word in said, said
    assert s.run("add", "a", stdin=b"x\n")[0] == 0
    for args in (("passwd", "b"), ("del", "b"), ("disable", "b"), ("enable", "b"), ("check", "b")):
        status, said = s.run(*args, stdin=b"x\n")
        assert status == 1 and "b has no account" in said, said
    status, said = s.run("add", "A", stdin=b"x\n")
    assert status == 1 and "already" in said, said
    status, said = s.run("add", "a:b", stdin=b"x\n")
    assert status == 1 and '"a:b"' in said, said


def usage_is_status_2(s):
    for args in ((), ("frob", "a"), ("add",), ("list", "a"), ("add", "a", "password"), ("--frob", "list")):
        status, said = s.run(*args)
        assert status == 2 and "usage" in said, (args, said)
    status, said = s.run("--help")
    assert status == 0 and "usage" in said


def others_comments_stay(s):
    line = "games:5:" + 32 * "X" + ":" + NT_OF_PASSWORD + ":[DU         ]:LCT-6B045A63:\n"
    with open(s.file, "w") as f:
        f.write("# ours\n\n" + line)
    os.chmod(s.file, 0o600)
    assert s.run("add", "a", stdin=b"x\n")[0] == 0
    assert s.text().startswith("# ours\n\n" + line + "a:"), s.text()


def broken_file_is_left_alone(s):
    with open(s.file, "w") as f:
        f.write("# fine\nnot fine\n")
    os.chmod(s.file, 0o600)
    status, said = s.run("add", "a", stdin=b"x\n")
    assert status == 1 and s.file + ":2: " in said, said
    assert s.text() == "# fine\nnot fine\n"


def file_others_may_read_is_refused(s):
    assert s.run("add", "a", stdin=b"x\n")[0] == 0
    os.chmod(s.file, 0o644)
    status, said = s.run("list")
    assert status == 1 and "chmod 600" in said, said


def missing_folder_is_named(s):
    status, said = s.run("add", "a", stdin=b"x\n", file=s.dir + "/none/passwords")
    assert status == 1 and "/none/passwords" in said and "No such file" in said, said


def terminal_shows_no_password(s):
    status, shown = s.at_terminal("add", "a", answers=[b"Password\n", b"Password\n"])
    assert status == 0 and "New password of a: " in shown and "Once more: " in shown, shown
    assert "Password\n" not in shown and "Password\r" not in shown, shown
    assert NT_OF_PASSWORD in s.text()
    status, shown = s.at_terminal("check", "a", answers=[b"Password\n"])
    assert status == 0 and "right" in shown, shown


def typing_slip_changes_nothing(s):
    status, shown = s.at_terminal("add", "a", answers=[b"one\n", b"two\n"])
    assert status == 1 and "differ" in shown, shown
    assert not os.path.exists(s.file)


def interrupt_changes_nothing(s):
    status, shown = s.at_terminal("add", "a", answers=[b"\x03"])
    assert status == -2, (status, shown)
    assert not os.path.exists(s.file)


def missing_legacy_provider_is_named(s):
    done = subprocess.run([PROGRAM, "-f", s.file, "list"], env={"OPENSSL_MODULES": s.dir}, capture_output=True, timeout=30)
    assert done.returncode == 1 and b"legacy provider" in done.stderr and b"libssl3" in done.stderr, done.stderr


def writers_take_turns(s):
    names = [f"user{n}" for n in range(8)]
    running = [subprocess.Popen([PROGRAM, "-f", s.file, "add", name], stdin=subprocess.PIPE) for name in names]
    for one in running:
        one.communicate(b"x\n", timeout=30)
        assert one.returncode == 0
    assert sorted(line.split(":")[0] for line in s.text().splitlines()) == names


def samba_reads_what_we_write(s):
    if not shutil.which("pdbedit"):
        return "pdbedit is not installed"
    if os.geteuid() != 0:
        return "pdbedit wants root"
    conf = os.path.join(s.dir, "smb.conf")
    with open(conf, "w") as f:
        f.write("[global]\nlanman auth = yes\npassdb backend = smbpasswd:%s\n" % s.file)
        for key in ("private dir", "state directory", "lock directory", "cache directory", "pid directory"):
            f.write("%s = %s\n" % (key, s.dir))
    assert s.run("add", "daemon", stdin=b"Password\n")[0] == 0
    ours = s.text()
    seen = subprocess.run(["pdbedit", "-s", conf, "-L", "-w"], capture_output=True, timeout=30).stdout.decode()
    assert ours in seen, seen
    subprocess.run(["pdbedit", "-s", conf, "-a", "-u", "games", "-t"], input=b"other\nother\n", capture_output=True, timeout=30)
    assert s.run("check", "games", stdin=b"other\n")[0] == 0
    assert s.text().startswith(ours), s.text()
    return None


TESTS = [
    life_of_an_account,
    lm_hash_is_stored_when_asked,
    passwords_are_taken_as_they_come,
    bad_passwords_are_refused,
    mistakes_are_named,
    usage_is_status_2,
    others_comments_stay,
    broken_file_is_left_alone,
    file_others_may_read_is_refused,
    missing_folder_is_named,
    terminal_shows_no_password,
    typing_slip_changes_nothing,
    interrupt_changes_nothing,
    missing_legacy_provider_is_named,
    writers_take_turns,
    samba_reads_what_we_write,
]

print(f"1..{len(TESTS)}")
failed = 0
for number, test in enumerate(TESTS, 1):
    scene = Scene()
    try:
        skip = test(scene)
        print(f"ok {number} - {test.__name__}" + (f" # SKIP {skip}" if skip else ""))
    except (AssertionError, subprocess.TimeoutExpired) as why:
        failed += 1
        print(f"# {why!r}"[:500])
        print(f"not ok {number} - {test.__name__}")
    finally:
        shutil.rmtree(scene.dir)
    sys.stdout.flush()
sys.exit(failed > 0)
