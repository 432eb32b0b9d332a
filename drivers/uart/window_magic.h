/* What R15 holds while a restartable window is open; shared by window.S and half_done.cpp. A change
   of what the registers mean there takes new numbers. */
#pragma once
#define UART_TRANSMIT_MAGIC 0x31584d5354524155
#define UART_RECEIVE_MAGIC 0x3158565243524155
