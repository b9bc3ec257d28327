# The habits, for people who have `just`; each is one line, so that others can copy it.

default:
    @just --list

# One event goes the whole way, and you see it.
demo:
    cargo run --release -- demo

# Everything that must hold.
test *args:
    cargo xtask test {{args}}

lint:
    cargo xtask lint

bench *args:
    cargo xtask bench {{args}}

# Kill hosts and handlers in the middle of bursts, many times, then simulate: 500 rounds are a while, 5000 a night.
torture rounds="500":
    cargo xtask torture {{rounds}}

# Dispatcher and journal under faults that are drawn from seeds.
simulate seconds="600":
    cargo xtask simulate {{seconds}}
