// Part of the freestanding C library headers that libc++ asks for; see cmake/README.md.
#pragma once
